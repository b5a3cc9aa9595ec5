import type { Formats } from '../../../i18n/format';
import type { ReportText } from '../../../i18n/server/serverText';
import { useWords } from '../../../i18n/words';
import type { Row } from '../../../reports/answers';
import type { Column } from '../../../reports/definitions';
import { isTotal } from '../../../reports/drawing';
import { useReportText } from '../useReportText';
import { dashboardWords } from '../words';
import { writtenPeriod } from '../writtenPeriod';
import { cellFormat, comparedText } from './cellFormat';
import classes from './DataTable.module.css';
import { InstantCell } from './InstantCell';
import { NumberCell } from './NumberCell';
import type { Numbered } from './sorting';

interface Props {
  one: Numbered;
  /** Its place in the order that is shown, from 0. */
  place: number;
  columns: Column[];
  /** The column that stays in sight, for it names the row. */
  naming: number | undefined;
  /** The column that says of when the row is. */
  period: number | undefined;
  zone: string;
  open: (row: number, column: string) => void;
  /** The row of the period before, where it is compared and there is one. */
  earlier?: Row;
  formats: Formats;
}

/** A row of a table. */
export function DataRow({
  one: { row, number },
  place,
  columns,
  naming,
  period,
  zone,
  open,
  earlier,
  formats: f,
}: Props) {
  const t = useWords(dashboardWords);
  const r = useReportText();
  return (
    <tr aria-rowindex={place + 2} data-total={isTotal(row) || undefined}>
      {columns.map((c, i) => {
        const value = row[i] ?? null;
        const text = cellFormat(value, c, zone, f);
        if (typeof value === 'string' && c.type === 'instant') return <InstantCell key={c.name} text={text} />;
        if (typeof value !== 'number') {
          const shown = i === period ? writtenPeriod(r.cell(c.name, text), f) : r.cell(c.name, text);
          // What does not fit is in the title.
          const stays = i === naming ? { className: classes.naming, title: shown } : {};
          return (
            <td key={c.name} {...stays}>
              {shown}
            </td>
          );
        }
        return (
          <NumberCell
            key={c.name}
            column={r.text(c.name)}
            text={text}
            row={nameOf(row, columns, period, r, f)}
            compared={earlier && comparedText(value, earlier[i], c, t, f)}
            onOpen={() => open(number, c.name)}
          />
        );
      })}
    </tr>
  );
}

/** The texts of a row, which name it. */
function nameOf(row: Row, columns: Column[], period: number | undefined, r: ReportText, f: Formats): string {
  return row
    .flatMap((v, i) => {
      if (typeof v !== 'string') return [];
      const text = r.cell(columns[i]?.name ?? '', v);
      return i === period ? writtenPeriod(text, f) : text;
    })
    .slice(0, 4)
    .join(', ');
}
