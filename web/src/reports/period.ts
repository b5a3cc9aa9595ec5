import type { Schemas } from '../api/client';
import type { Formats } from '../i18n/format';

type TenantPeriod = Schemas['TenantPeriod'];

const clock = (instant: string, zone: string) =>
  new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium', timeZone: zone }).format(new Date(instant));

/** A period as the clocks of its zone show it: its first and last date where it begins and ends with days, else its instants. */
export function periodText({ from, before, zone }: Pick<TenantPeriod, 'from' | 'before' | 'zone'>, f: Formats): string {
  const whole = clock(from, zone) === '00:00:00' && clock(before, zone) === '00:00:00';
  const last = new Date(Date.parse(before) - 1).toISOString();
  const [a, b] = whole
    ? [f.dateOf(from, zone), f.dateOf(last, zone)]
    : [f.instant(from, zone), f.instant(before, zone)];
  return a === b ? a : `${a} – ${b}`;
}

/** The zones of an answer, each once. */
export function zonesOf(tenants: TenantPeriod[]): string[] {
  return [...new Set(tenants.map((t) => t.zone))];
}
