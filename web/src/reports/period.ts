import type { Schemas } from '../api/client';
import type { Formats } from '../i18n/format';

type TenantPeriod = Schemas['TenantPeriod'];

const clock = (instant: string, zone: string) =>
  new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium', timeZone: zone }).format(new Date(instant));

/** A period as the clocks of its zone show it: its first and last date where it begins and ends with days, else its instants. */
export function periodText({ from, before, zone }: Pick<TenantPeriod, 'from' | 'before' | 'zone'>, f: Formats): string {
  const whole = (instant: string) => clock(instant, zone) === '00:00:00';
  const last = new Date(Date.parse(before) - 1).toISOString();
  const a = whole(from) ? f.dateOf(from, zone) : f.instant(from, zone);
  // An end that is a midnight is the date before it, unless it is read beside a time of day.
  const b = whole(from) && whole(before) ? f.dateOf(last, zone) : f.instant(before, zone);
  return a === b ? a : `${a} – ${b}`;
}

/** The zones of an answer, each once. */
export function zonesOf(tenants: TenantPeriod[]): string[] {
  return [...new Set(tenants.map((t) => t.zone))];
}

/** A period as it is asked for: two dates, or two instants. */
export function spanText(
  { from = '', to = '', zone = 'UTC' }: { from?: string; to?: string; zone?: string },
  f: Formats,
): string {
  const one = (text: string) => (text.length === 10 ? f.date(text) : f.instant(text, zone));
  return from === to ? one(from) : `${one(from)} – ${one(to)}`;
}
