import type { Formats } from '../../i18n/format';

/** The period of a row as people write dates and months. What is another period, or none, stays as it is. */
export function writtenPeriod(text: string, f: Formats): string {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return f.date(text);
  if (/^\d{4}-\d{2}$/.test(text)) return f.month(text);
  return text;
}
