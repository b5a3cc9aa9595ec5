import type { Row } from '../../../reports/answers';
import type { spans } from '../route';

export type Span = (typeof spans)[number];

const minute = 60_000;
const quarter = 15 * minute;
const lengths: Record<Span, number> = { hour: 60 * minute, day: 24 * 60 * minute, week: 7 * 24 * 60 * minute };

/** The columns of the report that are added up. */
export const measures = [
  'Accepted',
  'Duplicates',
  'Conflicting Duplicates',
  'Rejected',
  'With Unknown Fields',
  'Late Over a Day',
] as const;
export type Measure = (typeof measures)[number];
export type Sums = Record<Measure, number>;

/** The time until now, from the quarter of an hour that it begins in to the one that now is in: events are counted by these. */
export function spanUntil(now: string, span: Span): { from: string; to: string; minutes: number } {
  const at = Date.parse(now);
  const from = Math.floor((at - lengths[span]) / quarter) * quarter;
  const to = (Math.floor(at / quarter) + 1) * quarter;
  return {
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    minutes: (at - from) / minute,
  };
}

export interface SourceSums extends Sums {
  tenant: string;
  company: string;
  source: string;
}

const nothing = (): Sums => Object.fromEntries(measures.map((m) => [m, 0])) as Sums; // a number for each of them

/** The sums of each source, whatever the day, those with the most events first. */
export function bySource(columns: string[], rows: Row[], tenant: string): SourceSums[] {
  const at = (name: string) => columns.indexOf(name);
  const sums = new Map<string, SourceSums>();
  for (const row of rows) {
    const text = (name: string) => String(row[at(name)] ?? '');
    const of = at('Tenant ID') < 0 ? tenant : text('Tenant ID');
    const key = JSON.stringify([of, text('Source')]);
    const sum = sums.get(key) ?? { tenant: of, company: text('Company Name'), source: text('Source'), ...nothing() };
    for (const m of measures) sum[m] += Number(row[at(m)] ?? 0);
    sums.set(key, sum);
  }
  const all = (s: Sums) => s.Accepted + s.Duplicates + s.Rejected;
  return [...sums.values()].sort((a, b) => all(b) - all(a));
}

/** The sums over all sources. */
export function total(list: Sums[]): Sums {
  const sum = nothing();
  for (const s of list) for (const m of measures) sum[m] += s[m];
  return sum;
}

/** How often each reason was given for a rejection, the most frequent first. */
export function byReason(columns: string[], rows: Row[]): { reason: string; count: number }[] {
  const [reason, count] = [columns.indexOf('Reason'), columns.indexOf('Rejected')];
  const sums = new Map<string, number>();
  for (const row of rows) {
    const name = String(row[reason] ?? '');
    sums.set(name, (sums.get(name) ?? 0) + Number(row[count] ?? 0));
  }
  return [...sums].map(([reason, count]) => ({ reason, count })).sort((a, b) => b.count - a.count);
}
