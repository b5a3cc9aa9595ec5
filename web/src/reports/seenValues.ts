import type { Answer, Row } from './answers';
import { isTotal } from './drawing';

/** The columns that hold what a filter takes, by its name. Others, such as Channel and Bot, hold names where their filters take ids. */
const columnOf: Partial<Record<string, string>> = {
  platform: 'Platform',
  room: 'Room',
  source: 'Source',
  contact: 'Customer',
  conversation: 'Conversation ID',
  session: 'Session ID',
  ticket: 'Ticket ID',
};

/** The values of a filter that answers have, in the order in which people read them. */
export function seenValues(filter: string, answers: Pick<Answer, 'table'>[], locale: string): string[] {
  const values = new Set<string>();
  for (const { table } of answers) {
    const column = (table.columns ?? []).findIndex((c) => c.name === columnOf[filter]);
    if (column < 0) continue;
    for (const row of (table.rows ?? []) as Row[]) {
      const value = row[column];
      if (typeof value === 'string' && value !== '' && !isTotal(row)) values.add(value);
    }
  }
  return [...values].sort(new Intl.Collator(locale, { numeric: true }).compare);
}
