import type { Schemas } from '../api/client';
import type { Formats } from '../i18n/format';
import { once } from '../i18n/once';
import { civilDates } from './previous';

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

/**
 * The periods of tenants, each on its own clocks, in one text. Where they end at a moment, as "the last 7 days" do, clocks of different zones show different times of it:
 * then it is in UTC, and says so.
 */
export function periodsText(tenants: TenantPeriod[], f: Formats): string {
  const [first] = tenants;
  if (!first) return '';
  const texts = new Set(tenants.map((t) => periodText(t, f)));
  if (texts.size === 1) return periodText(first, f);
  const same = (of: (t: TenantPeriod) => string) => new Set(tenants.map(of)).size === 1;
  const utc = (at: string) => `${f.instant(at, 'UTC')} UTC`;
  const dates = tenants.map(civilDates);
  const [from = ''] = dates.map((d) => d.first).sort();
  const [to = ''] = dates
    .map((d) => d.last)
    .sort()
    .reverse();
  const start = same((t) => t.from) ? utc(first.from) : f.date(from);
  return `${start} – ${same((t) => t.before) ? utc(first.before) : f.date(to)}`;
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
