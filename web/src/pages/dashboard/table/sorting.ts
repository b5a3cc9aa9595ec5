import type { Row } from '../../../reports/answers';
import { isTotal } from '../../../reports/drawing';

export interface Sorting {
  column: number;
  descending: boolean;
}

/** A row and its number as the server has it, from 1: that stays, however rows are sorted. */
export interface Numbered {
  row: Row;
  number: number;
}

/** The rows in the order of a column; where values are equal, in that of the server. Sums stay at the end, and nothing goes behind something. */
export function sorted(rows: Row[], sorting: Sorting | undefined, locale: string): Numbered[] {
  const numbered = rows.map((row, i) => ({ row, number: i + 1 }));
  if (!sorting) return numbered;
  const { column, descending } = sorting;
  const ranks = ranksOf(rows, column, locale);
  const rankOf = (value: string | number) => ranks.get(String(value)) ?? 0;
  return numbered.sort((x, y) => {
    const sums = Number(isTotal(x.row)) - Number(isTotal(y.row));
    if (sums !== 0) return sums;
    const [a = null, b = null] = [x.row[column], y.row[column]];
    if (a === null || b === null) return Number(a === null) - Number(b === null);
    const order = typeof a === 'number' && typeof b === 'number' ? a - b : rankOf(a) - rankOf(b);
    return descending ? -order : order;
  });
}

/** The places of a column's texts in their order. To compare two as people read them takes long, and a hundred thousand rows have far fewer different ones. */
function ranksOf(rows: Row[], column: number, locale: string): Map<string, number> {
  const { compare } = new Intl.Collator(locale, { numeric: true });
  const texts = [...new Set(rows.flatMap((row) => (typeof row[column] === 'string' ? [row[column]] : [])))].sort(
    compare,
  );
  const ranks = new Map<string, number>();
  texts.forEach((text, i) => {
    const before = texts[i - 1];
    // Those that are read alike, such as 1 and 01, have one place.
    ranks.set(text, before !== undefined && compare(before, text) === 0 ? (ranks.get(before) ?? 0) : i);
  });
  return ranks;
}

/** What a click on a column's head leads to: up, down, and as the server has it. */
export function nextSorting(now: Sorting | undefined, column: number): Sorting | undefined {
  if (now?.column !== column) return { column, descending: false };
  return now.descending ? undefined : { column, descending: true };
}
