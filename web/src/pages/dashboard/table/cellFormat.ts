import type { Formats } from '../../../i18n/format';
import type { Column } from '../../../reports/definitions';
import type { dashboardWords } from '../words';

/** A cell as people read it: numbers as their locale writes them, instants on the clocks of a zone. */
export function cellFormat(value: string | number | null, column: Column, zone: string, f: Formats): string {
  if (value === null) return '';
  if (typeof value === 'number')
    return column.type === 'decimal' || !Number.isInteger(value) ? f.decimal(value) : f.number(value);
  return column.type === 'instant' ? f.instant(value, zone) : value;
}

/** How much more or less a number is than that of the period before; empty where nothing was before. */
export function changeText(value: number, earlier: string | number | null, f: Formats): string {
  if (typeof earlier !== 'number' || earlier === 0) return '';
  return f.change((value - earlier) / earlier);
}

/** What a number was in the period before, and how it has changed since. A row that the other period lacks had nothing to count. */
export function comparedText(
  value: number,
  earlier: string | number | null | undefined,
  column: Column,
  t: Pick<(typeof dashboardWords)['en'], 'earlier'>,
  f: Formats,
): string {
  const before = earlier ?? 0;
  return [changeText(value, before, f), t.earlier(cellFormat(before, column, 'UTC', f))].filter(Boolean).join(' · ');
}
