import type { Formats } from '../../../i18n/format';
import type { Row } from '../../../reports/answers';
import type { Column } from '../../../reports/definitions';
import { labelColumns, periodPattern } from '../../../reports/drawing';
import { writtenPeriod } from '../writtenPeriod';

/** What a number is of: whose it is and of when, as far as its row does not say that itself. */
interface Around {
  company: string;
  period: string;
  /** The text of a cell as it is shown, by the name of its column. */
  say: (column: string, text: string) => string;
}

/** A row by its own cells, such as "Acme · 3 Nov 2025 · WhatsApp". A row of numbers alone is of its tenant and period. */
export function rowName(columns: Column[], row: Row, { company, period, say }: Around, f: Formats): string {
  const cells = labelColumns(columns).flatMap((i) => {
    const cell = row[i];
    return typeof cell === 'string' && cell !== '' ? [{ cell, column: columns[i]?.name ?? '' }] : [];
  });
  const names = cells.map(({ cell, column }) => writtenPeriod(say(column, cell), f));
  if (!cells.some(({ column }) => column === 'Company Name' || column === 'Tenant ID')) names.unshift(company);
  if (!cells.some(({ cell }) => periodPattern.test(cell))) names.push(period);
  return names.filter(Boolean).join(' · ');
}
