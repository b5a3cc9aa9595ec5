import { serverNow } from '../../session/clock';

/** This report counts by quarters of an hour, and takes no other moments. */
const quarterly = 'ingest-quality';

/** The moment that "the last 7 days" of a report are of: now, or the last quarter of an hour. */
export function momentOf(report: string): string {
  const now = serverNow();
  if (report !== quarterly) return now;
  const quarter = 15 * 60_000;
  return new Date(Math.floor(Date.parse(now) / quarter) * quarter).toISOString();
}
