import type { Schemas } from '../api/client';
import type { Formats } from '../i18n/format';
import { once } from '../i18n/once';

type TenantPeriod = Schemas['TenantPeriod'];

const clocks = once((timeZone: string) => new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium', timeZone }));

/** A period as the clocks of its zone show it: its first and last date where it begins and ends with days, else its instants, to the second where it has any. */
export function periodText({ from, before, zone }: Pick<TenantPeriod, 'from' | 'before' | 'zone'>, f: Formats): string {
  const times = [from, before].map((at) => clocks(zone).format(new Date(at)));
  const [fromDay, toDay] = times.map((c) => c === '00:00:00');
  const instant = times.every((c) => c.endsWith(':00')) ? f.minute : f.instant;
  const last = new Date(Date.parse(before) - 1).toISOString();
  const days = fromDay && (toDay || f.dateOf(from, zone) !== f.dateOf(last, zone));
  const a = days ? f.dateOf(from, zone) : instant(from, zone);
  const b = fromDay && toDay ? f.dateOf(last, zone) : instant(before, zone);
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
