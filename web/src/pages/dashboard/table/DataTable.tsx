import { Suspense, useMemo, useState } from 'react';
import type { Schemas } from '../../../api/client';
import { useFormats } from '../../../i18n/format';
import { useLanguage } from '../../../i18n/language';
import { later } from '../../../parts/later';
import type { Row } from '../../../reports/answers';
import type { Column } from '../../../reports/definitions';
import { isNumber, labelColumns } from '../../../reports/drawing';
import { periodColumn } from '../../../reports/previous';
import { useReportText } from '../useReportText';
import { DataRow } from './DataRow';
import classes from './DataTable.module.css';
import { SortHead } from './SortHead';
import { type Numbered, nextSorting, type Sorting, sorted } from './sorting';

const LongRows = later(() => import('./LongRows'));

/** How many rows are all in the page. Of more only those in sight are. */
const mostDrawn = 50;

/** Of more columns than these each gets less room. */
const manyColumns = 8;

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

/** All rows of an answer. A hundred thousand scroll like ten. */
export function DataTable({ label, columns, rows, tenants, tall, open, before }: Props) {
  const f = useFormats();
  const { language } = useLanguage();
  const r = useReportText();
  const [sorting, setSorting] = useState<Sorting>();
  const ordered = useMemo(() => sorted(rows, sorting, language), [rows, sorting, language]);
  // A state and no reference: what scrolls is there only after what scrolls in it.
  const [view, setView] = useState<HTMLElement | null>(null);
  const idColumn = columns.findIndex((c) => c.name === 'Tenant ID');
  const naming = labelColumns(columns)[0];
  const period = useMemo(() => periodColumn(columns, rows), [columns, rows]);
  const zones = useMemo(() => new Map(tenants.map((t) => [t.tenant, t.zone])), [tenants]);
  const zoneOf = (row: Row) => zones.get(String(row[idColumn] ?? '')) ?? tenants[0]?.zone ?? 'UTC';

  const draw = (one: Numbered, place: number) => (
    <DataRow
      key={one.number}
      one={one}
      place={place}
      columns={columns}
      naming={naming}
      period={period}
      zone={zoneOf(one.row)}
      open={open}
      earlier={before?.(one.row)}
      formats={f}
    />
  );

  return (
    <section
      ref={setView}
      className={classes.view}
      data-tall={tall || undefined}
      data-many={columns.length > manyColumns || undefined}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be scrolled by keyboard, too
      tabIndex={0}
      aria-label={label}
      onScroll={(e) => e.currentTarget.toggleAttribute('data-scrolled', e.currentTarget.scrollLeft > 0)}
    >
      <table className={classes.table} aria-rowcount={rows.length + 1}>
        <thead>
          <tr aria-rowindex={1}>
            {columns.map((c, i) => (
              <SortHead
                key={c.name}
                name={r.text(c.name)}
                right={isNumber(c)}
                stays={i === naming}
                sorting={sorting?.column === i ? sorting : undefined}
                onSort={() => setSorting((now) => nextSorting(now, i))}
              />
            ))}
          </tr>
        </thead>
        <tbody>
          {ordered.length > mostDrawn ? (
            <Suspense fallback={ordered.slice(0, 20).map(draw)}>
              <LongRows view={view} rows={ordered} columns={columns.length} draw={draw} />
            </Suspense>
          ) : (
            ordered.map(draw)
          )}
        </tbody>
      </table>
    </section>
  );
}
