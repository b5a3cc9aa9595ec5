import type { Schemas } from '../../api/client';
import type { Row } from '../../reports/answers';
import type { Column } from '../../reports/definitions';
import { isNumber } from '../../reports/drawing';

/** Whether a table has rows, and every number of them is zero. */
export function isNothing(columns: Column[], rows: Row[]): boolean {
  const numbers = columns.flatMap((c, i) => (isNumber(c) ? [i] : []));
  return numbers.length > 0 && rows.length > 0 && rows.every((row) => numbers.every((i) => !row[i]));
}

/** The instant from which on there are events, where a period ends before there are any; of several tenants the first one's. */
export function laterFrom(tenants: Pick<Schemas['TenantPeriod'], 'available_from' | 'before'>[]): string | undefined {
  const since = tenants.flatMap((p) => p.available_from ?? []).sort((a, b) => Date.parse(a) - Date.parse(b))[0];
  const ended = since !== undefined && tenants.every((p) => Date.parse(p.before) <= Date.parse(since));
  return ended ? since : undefined;
}

/** The values that are asked for, by their field, in the order of the address. */
export function filtersOf(where: string[] | undefined): { field: string; values: string[] }[] {
  const fields = new Map<string, string[]>();
  for (const pair of where ?? []) {
    const at = pair.indexOf('=');
    const field = pair.slice(0, at);
    fields.set(field, [...(fields.get(field) ?? []), pair.slice(at + 1)]);
  }
  return [...fields].map(([field, values]) => ({ field, values }));
}
