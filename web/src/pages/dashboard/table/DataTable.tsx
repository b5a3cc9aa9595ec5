import { useVirtualizer } from '@tanstack/react-virtual';
import { useMemo, useRef, useState } from 'react';
import type { Schemas } from '../../../api/client';
import { useFormats } from '../../../i18n/format';
import { useLanguage } from '../../../i18n/language';
import type { Row } from '../../../reports/answers';
import type { Column } from '../../../reports/definitions';
import { isNumber, isTotal } from '../../../reports/drawing';
import { cellFormat, changeText } from './cellFormat';
import classes from './DataTable.module.css';
import { NumberCell } from './NumberCell';
import { SortHead } from './SortHead';
import { nextSorting, type Sorting, sorted } from './sorting';

interface Props {
  label: string;
  columns: Column[];
  rows: Row[];
  tenants: Schemas['TenantPeriod'][];
  tall: boolean;
  open: (row: number, column: string) => void;
  /** The row of the period before that corresponds to one, where it is compared. */
  before?: (row: Row) => Row | undefined;
}

const rowHeight = 37;

/** All rows of an answer. Only those in sight are in the page, so that a hundred thousand scroll like ten. */
export function DataTable({ label, columns, rows, tenants, tall, open, before }: Props) {
  const f = useFormats();
  const { language } = useLanguage();
  const [sorting, setSorting] = useState<Sorting>();
  const ordered = useMemo(() => sorted(rows, sorting, language), [rows, sorting, language]);
  const view = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: ordered.length,
    getScrollElement: () => view.current,
    estimateSize: () => rowHeight,
    overscan: 12,
  });
  const shown = virtual.getVirtualItems();
  const above = shown[0]?.start ?? 0;
  const below = virtual.getTotalSize() - (shown[shown.length - 1]?.end ?? 0);

  const idColumn = columns.findIndex((c) => c.name === 'Tenant ID');
  const zones = useMemo(() => new Map(tenants.map((t) => [t.tenant, t.zone])), [tenants]);
  const zoneOf = (row: Row) => zones.get(String(row[idColumn] ?? '')) ?? tenants[0]?.zone ?? 'UTC';

  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be scrolled by keyboard, too
    <section ref={view} className={classes.view} data-tall={tall || undefined} tabIndex={0} aria-label={label}>
      <table className={classes.table} aria-rowcount={rows.length + 1}>
        <thead>
          <tr aria-rowindex={1}>
            {columns.map((c, i) => (
              <SortHead
                key={c.name}
                name={c.name}
                right={isNumber(c)}
                sorting={sorting?.column === i ? sorting : undefined}
                onSort={() => setSorting((now) => nextSorting(now, i))}
              />
            ))}
          </tr>
        </thead>
        <tbody>
          {above > 0 && <Gap height={above} columns={columns.length} />}
          {shown.map((item) => {
            const one = ordered[item.index];
            if (!one) return null;
            const { row, number } = one;
            const earlier = before?.(row);
            return (
              <tr key={number} aria-rowindex={item.index + 2} data-total={isTotal(row) || undefined}>
                {columns.map((c, i) => {
                  const value = row[i] ?? null;
                  const text = cellFormat(value, c, zoneOf(row), f);
                  if (typeof value !== 'number') return <td key={c.name}>{text}</td>;
                  return (
                    <NumberCell
                      key={c.name}
                      column={c.name}
                      text={text}
                      row={nameOf(row)}
                      change={earlier && changeText(value, earlier[i] ?? 0, f)}
                      onOpen={() => open(number, c.name)}
                    />
                  );
                })}
              </tr>
            );
          })}
          {below > 0 && <Gap height={below} columns={columns.length} />}
        </tbody>
      </table>
    </section>
  );
}

/** The texts of a row, which name it. */
function nameOf(row: Row): string {
  return row
    .filter((v) => typeof v === 'string')
    .slice(0, 4)
    .join(', ');
}

/** Stands for rows that are out of sight. */
function Gap({ height, columns }: { height: number; columns: number }) {
  return (
    <tr aria-hidden>
      <td colSpan={columns} style={{ height, padding: 0, border: 0 }} />
    </tr>
  );
}
