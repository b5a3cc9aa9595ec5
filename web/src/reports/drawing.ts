import type { Row } from './answers';
import type { Column } from './definitions';

/** How a table is shown first. Numbers are indexes of columns; rows keep the numbers that the server knows them by. */
export type Drawing =
  | { kind: 'figures'; values: number[] }
  | { kind: 'lines'; period: number; labels: number[]; values: number[] }
  | { kind: 'bars'; labels: number[]; values: number[] }
  | { kind: 'table' };

const mostBars = 30;

export const isNumber = (c: Column): boolean => c.type === 'integer' || c.type === 'decimal' || c.type === 'number';

/** A date, hour, week, month, quarter or year, as reports write the rows of a period. */
export const periodPattern = /^\d{4}(-(0[1-9]|1[0-2])(-\d{2}([T ]\d{2}:\d{2}.*)?)?|-Q[1-4]|-W\d{2})?$/;

/** Whether a table has no numbers: then it is a listing, which may be long. */
export const isListing = (columns: Column[]): boolean => !columns.some(isNumber);

/** Whether a table with these columns may be drawn as lines or bars. Its rows decide (see drawingOf); this is for being ready. */
export function mayBeDrawn(columns: Column[]): boolean {
  const labels = labelColumns(columns);
  if (columns.every((c) => !isNumber(c)) || labels.length === 0) return false;
  return labels.length <= 2 || labels.some((i) => periodName.test(columns[i]?.name ?? ''));
}

const periodName = /^(Period|Date|Day|Hour|Week|Month|Quarter|Year)$/;

/** Whether a row sums up others: it says Total instead of a period, or All instead of a name. */
export function isTotal(row: Row): boolean {
  return row.some((v) => v === 'Total' || v === 'All');
}

/** The columns that name a row: texts, without the tenant's id where its name stands beside it. */
export function labelColumns(columns: Column[]): number[] {
  const named = columns.some((c) => c.name === 'Company Name');
  return columns.flatMap((c, i) => (c.type === 'text' && !(named && c.name === 'Tenant ID') ? [i] : []));
}

/** Decides from a table alone how it is drawn, so that a report of one's own is drawn like a built-in one. */
export function drawingOf(columns: Column[], rows: Row[]): Drawing {
  const values = columns.flatMap((c, i) => (isNumber(c) ? [i] : []));
  const labels = labelColumns(columns);
  if (values.length === 0 || rows.length === 0) return { kind: 'table' };
  if (labels.length === 0 && rows.length === 1 && values.length === columns.length) return { kind: 'figures', values };

  const parts = rows.filter((r) => !isTotal(r));
  const period = labels.find((i) => parts.length > 0 && parts.every((r) => periodPattern.test(String(r[i]))));
  if (period !== undefined) {
    // Periods with nothing to count have a sum alone.
    const different = new Set(rows.map((r) => r[period]).filter((v) => periodPattern.test(String(v)))).size;
    if (different > 1) return { kind: 'lines', period, labels: labels.filter((i) => i !== period), values };
  }
  const plain = columns.every((c) => c.type !== 'instant') && values.length === 1 && labels.length <= 2;
  if (plain && parts.length > 1 && parts.length <= mostBars) {
    // What is the same in all bars says nothing beside each.
    const telling = labels.filter((i) => new Set(parts.map((r) => r[i])).size > 1);
    return { kind: 'bars', labels: telling.length > 0 ? telling : labels, values };
  }
  return { kind: 'table' };
}
