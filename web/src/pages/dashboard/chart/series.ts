import type { Row } from '../../../reports/answers';
import { isTotal } from '../../../reports/drawing';

/** A number in a chart, with the row that it stands in, from 1. */
export interface Point {
  value: number;
  /** undefined: the table has no row, because there was nothing to count */
  row?: number;
}

export interface Series {
  name: string;
  /** A point for each place of the axis; null where the table has none. */
  points: (Point | null)[];
  /** The same of the period before, where it is compared. */
  before?: (number | null)[];
}

/** The row of the period before that corresponds to one. */
export type Before = (row: Row) => Row | undefined;

/** The number of a row of the period before: none where it has no such row, zero where the row is missing for there was nothing to count. */
function earlierOf(row: Row | undefined, value: number): number | null {
  const v = row?.[value];
  if (typeof v === 'number') return v;
  return row ? 0 : null;
}

/** The most lines that can be told apart. */
export const mostSeries = 8;

/** What is known beside the rows of a table. */
export interface Around {
  /** Where a line has no row: of a count, which has rows only where there is something, zero. */
  absent?: Point | null;
  before?: Before;
  /** The first and last date of the period, where dates are days and not weeks by their Monday. */
  dates?: { first: string; last: string };
  /** The text of a cell as it is shown, by its column. */
  say?: (text: string, column: number) => string;
}

/** What a row is called. */
function nameOf(row: Row, labels: number[], say: Around['say'] = (text) => text): string {
  return labels.map((i) => say(String(row[i] ?? ''), i)).join(' · ');
}

/** The rows of a table as lines over periods. Sums over names are left out beside their parts, and so are those over periods. */
export function linesOf(
  rows: Row[],
  period: number,
  labels: number[],
  value: number,
  { absent = null, before, dates, say }: Around = {},
) {
  const parts = numbered(rows).filter(({ row }) => row[period] !== 'Total');
  const split = parts.some(({ row }) => labels.length > 0 && !isTotal(row));
  const shown = parts.filter(({ row }) => !split || !isTotal(row));
  // A period that has a sum alone is one with nothing to count.
  const periods = filled([...new Set(parts.map(({ row }) => String(row[period])))].sort(), dates);
  const counted = new Set(shown.map(({ row }) => String(row[period])));
  const zero = new Set(
    parts.map(({ row }) => (row[value] === 0 ? String(row[period]) : '')).filter((p) => !counted.has(p)),
  );
  const place = new Map(periods.map((p, i) => [p, i]));
  const series = new Map<string, Series>();
  for (const { row, number } of shown) {
    const name = nameOf(row, labels, say);
    let one = series.get(name);
    if (!one) {
      one = { name, points: periods.map((p) => (zero.has(p) ? { value: 0 } : absent)) };
      if (before) {
        // Also where there is no row now: the texts of this one with another period find it.
        one.before = periods.map((p) => earlierOf(before(row.with(period, p)), value));
      }
      series.set(name, one);
    }
    const v = row[value];
    if (typeof v === 'number') one.points[place.get(String(row[period])) ?? 0] = { value: v, row: number };
  }
  const all = [...series.values()];
  const largest = [...all].sort((a, b) => height(b) - height(a)).slice(0, mostSeries);
  return { periods, series: all.filter((s) => largest.includes(s)), of: all.length };
}

/**
 * The sums over all periods that a table itself has, beside those of the period before, the largest first; where it has them of all names together, those alone. They are
 * never added up here: who counts in two periods counts once in their sum.
 */
export function totalsOf(
  rows: Row[],
  period: number,
  labels: number[],
  value: number,
  { before, say }: { before: Before } & Pick<Around, 'say'>,
) {
  const totals = rows.filter((row) => row[period] === 'Total');
  const all = totals.filter((row) => row.includes('All'));
  return (all.length > 0 ? all : totals)
    .flatMap((row) => {
      const v = row[value];
      if (typeof v !== 'number') return [];
      const named = labels.filter((i) => row[i] !== 'All' && row[i] !== null);
      const name = nameOf(row, named, say);
      return [{ name, value: v, before: earlierOf(before(row), value) }];
    })
    .sort((a, b) => b.value - a.value)
    .slice(0, mostSeries);
}

/** The rows of a table as bars, the largest first. */
export function barsOf(
  rows: Row[],
  labels: number[],
  value: number,
  { before, say }: Pick<Around, 'before' | 'say'> = {},
) {
  const parts = numbered(rows).filter(({ row }) => !isTotal(row));
  return parts
    .flatMap(({ row, number }) => {
      const v = row[value];
      return typeof v === 'number'
        ? [
            {
              name: nameOf(row, labels, say),
              point: { value: v, row: number },
              before: (before && earlierOf(before(row), value)) ?? undefined,
            },
          ]
        : [];
    })
    .sort((a, b) => b.point.value - a.point.value);
}

/** Days with those between them and around them: a table of what happened has no rows of days without it. */
function filled(periods: string[], dates: Around['dates']): string[] {
  if (!dates || !periods.every((p) => /^\d{4}-\d{2}-\d{2}$/.test(p))) return periods;
  const days: string[] = [];
  for (let t = Date.parse(dates.first); t <= Date.parse(dates.last); t += 86_400_000)
    days.push(new Date(t).toISOString().slice(0, 10));
  return [...new Set([...days, ...periods])].sort();
}

function numbered(rows: Row[]) {
  return rows.map((row, i) => ({ row, number: i + 1 }));
}

function height(s: Series): number {
  return Math.max(...s.points.map((p) => p?.value ?? 0));
}
