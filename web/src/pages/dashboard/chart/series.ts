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
}

/** The most lines that can be told apart. */
export const mostSeries = 8;

/** The rows of a table as lines over periods. Where a line has no row there is the point for absent: of a count, which has rows only where there is something, zero. Sums over names are left out beside their parts, and so are those over periods. */
export function linesOf(rows: Row[], period: number, labels: number[], value: number, absent: Point | null = null) {
  const parts = numbered(rows).filter(({ row }) => row[period] !== 'Total');
  const split = parts.some(({ row }) => labels.length > 0 && !isTotal(row));
  const shown = parts.filter(({ row }) => !split || !isTotal(row));
  const periods = filled([...new Set(shown.map(({ row }) => String(row[period])))].sort());
  const place = new Map(periods.map((p, i) => [p, i]));
  const series = new Map<string, Series>();
  for (const { row, number } of shown) {
    const name = labels.map((i) => row[i] ?? '').join(' · ');
    let one = series.get(name);
    if (!one) {
      one = { name, points: periods.map(() => absent) };
      series.set(name, one);
    }
    const v = row[value];
    if (typeof v === 'number') one.points[place.get(String(row[period])) ?? 0] = { value: v, row: number };
  }
  const all = [...series.values()];
  const largest = [...all].sort((a, b) => height(b) - height(a)).slice(0, mostSeries);
  return { periods, series: all.filter((s) => largest.includes(s)), of: all.length };
}

/** The rows of a table as bars, the largest first. */
export function barsOf(rows: Row[], labels: number[], value: number) {
  const parts = numbered(rows).filter(({ row }) => !isTotal(row));
  return parts
    .flatMap(({ row, number }) => {
      const v = row[value];
      return typeof v === 'number'
        ? [{ name: labels.map((i) => row[i] ?? '').join(' · '), point: { value: v, row: number } }]
        : [];
    })
    .sort((a, b) => b.point.value - a.point.value);
}

/** Days with those between them: a table of what happened has no rows of days without it. */
function filled(periods: string[]): string[] {
  const [first, last] = [periods[0], periods[periods.length - 1]];
  if (!first || !last || !periods.every((p) => /^\d{4}-\d{2}-\d{2}$/.test(p)) || !daily(periods)) return periods;
  const days: string[] = [];
  for (let t = Date.parse(first); t <= Date.parse(last); t += 86_400_000)
    days.push(new Date(t).toISOString().slice(0, 10));
  return days;
}

/** Whether periods are days, and not weeks, quarters or years by their first day: some two are a day apart. */
function daily(periods: string[]): boolean {
  return periods.some((p, i) => i > 0 && Date.parse(p) - Date.parse(periods[i - 1] ?? p) === 86_400_000);
}

function numbered(rows: Row[]) {
  return rows.map((row, i) => ({ row, number: i + 1 }));
}

function height(s: Series): number {
  return Math.max(...s.points.map((p) => p?.value ?? 0));
}
