import type { Schemas } from '../api/client';
import { once } from '../i18n/once';
import type { Asked, Row } from './answers';
import type { Column } from './definitions';
import { labelColumns, periodPattern } from './drawing';
import { valuesOf } from './question';

type TenantPeriod = Schemas['TenantPeriod'];

const dayLength = 86_400_000;
const isDate = (text: string | undefined) => /^\d{4}-\d{2}-\d{2}$/.test(text ?? '');
const days = (date: string) => Date.parse(`${date}T00:00:00Z`) / dayLength;
const dateOf = (day: number) => new Date(day * dayLength).toISOString().slice(0, 10);

const calendars = once(
  (timeZone: string) =>
    new Intl.DateTimeFormat('en-US', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }),
);

/** The civil date that clocks of a zone show at an instant, as 2025-03-31. */
export function civil(instant: number, zone: string): string {
  const of = Object.fromEntries(
    calendars(zone)
      .formatToParts(instant)
      .map((p) => [p.type, p.value]),
  );
  return `${of.year}-${of.month}-${of.day}`;
}

/** The first date of the month that is some months after a date's. */
function month(date: string, later: number): string {
  return new Date(Date.UTC(Number(date.slice(0, 4)), Number(date.slice(5, 7)) - 1 + later, 1))
    .toISOString()
    .slice(0, 10);
}

const months: Partial<Record<string, number>> = { 'last-month': 1, 'last-3-months': 3 };

/** The same question about the time before: as many whole months, as many dates, or as long, whichever the period is made of. */
export function previousOf(
  asked: Asked,
  { from, before, zone }: Pick<TenantPeriod, 'from' | 'before' | 'zone'>,
): Asked {
  const question = { ...asked, period: undefined, at: undefined };
  const [start, end] = [Date.parse(from), Date.parse(before)];
  const first = civil(start, zone);
  const whole = months[asked.period ?? ''];
  if (whole !== undefined) {
    return { ...question, from: month(first, -whole), to: dateOf(days(first) - 1) };
  }
  if (asked.period || (isDate(asked.from) && isDate(asked.to))) {
    const count = days(civil(end - 1, zone)) - days(first) + 1;
    return { ...question, from: dateOf(days(first) - count), to: dateOf(days(first) - 1) };
  }
  return { ...question, from: new Date(start - (end - start)).toISOString(), to: new Date(start).toISOString() };
}

/** The first and last date of a period, on the clocks of its zone. */
export function civilDates({ from, before, zone }: Pick<TenantPeriod, 'from' | 'before' | 'zone'>) {
  return { first: civil(Date.parse(from), zone), last: civil(Date.parse(before) - 1, zone) };
}

/** The first and last date of a period, where the rows of a report on it are days and not weeks, which look alike. */
export function datesOf(period: Pick<TenantPeriod, 'from' | 'before' | 'zone'>, asked: Asked) {
  if (valuesOf(asked.option, 'every').includes('week')) return undefined;
  return civilDates(period);
}

/** The column that says of when a row is, if there is one. */
export function periodColumn(columns: Column[], rows: Row[]): number | undefined {
  const parts = rows.filter((r) => !r.includes('Total'));
  return labelColumns(columns).find((i) => parts.length > 0 && parts.every((r) => periodPattern.test(String(r[i]))));
}

/** How many hours, days, weeks, months, quarters or years a row's period is after the one that a time begins in. */
function place(period: string, start: string, weekly: boolean): number {
  const year = Number(period.slice(0, 4));
  const [startYear, startMonth] = [Number(start.slice(0, 4)), Number(start.slice(5, 7)) - 1];
  const quarter = /-Q(\d)$/.exec(period)?.[1];
  if (quarter) return year * 4 + Number(quarter) - 1 - (startYear * 4 + Math.floor(startMonth / 3));
  if (/^\d{4}$/.test(period)) return year - startYear;
  if (/^\d{4}-\d{2}$/.test(period)) return year * 12 + Number(period.slice(5)) - 1 - (startYear * 12 + startMonth);
  if (period.length > 10) return Math.round((Date.parse(period) - days(start) * dayLength) / 3_600_000);
  // Weeks are named by their Monday, which may be before the start; day 4 of the epoch was one.
  return weekly ? Math.floor((days(period) - 4) / 7) - Math.floor((days(start) - 4) / 7) : days(period) - days(start);
}

/** The period of a date, written like another one. Hours are not dates. */
function periodOf(date: string, like: string): string {
  if (/-Q\d$/.test(like)) return `${date.slice(0, 4)}-Q${Math.floor((Number(date.slice(5, 7)) - 1) / 3) + 1}`;
  return date.slice(0, like.length);
}

/**
 * Finds for a row of one period the row of the other that says the same of its time: by its texts, and how far into the period it is. An empty row stands for one that
 * the other table does not have, because there was nothing to count; undefined says that the other period does not reach so far.
 */
export function counterparts(
  columns: Column[],
  now: { asked: Asked; rows: Row[]; tenants: TenantPeriod[] },
  then: { rows: Row[]; tenants: TenantPeriod[] },
): (row: Row) => Row | undefined {
  const column = periodColumn(columns, now.rows) ?? periodColumn(columns, then.rows);
  const texts = columns.flatMap((c, i) => (c.type === 'text' ? [i] : []));
  const weekly = valuesOf(now.asked.option, 'every').includes('week');
  const placeOf = (text: string, of: TenantPeriod) => place(text, civil(Date.parse(of.from), of.zone), weekly);
  const name = (row: Row, of: TenantPeriod | undefined) =>
    texts
      .map((i) => {
        const text = String(row[i] ?? '');
        return i !== column || !of || text === 'Total' ? text : placeOf(text, of);
      })
      .join('\n');
  const reached = (row: Row) => {
    const [of, other] = [now.tenants[0], then.tenants[0]];
    const text = column === undefined ? 'Total' : String(row[column] ?? '');
    if (text === 'Total' || !of || !other) return true;
    if (text.length > 10) return placeOf(text, of) * 3_600_000 < Date.parse(other.before) - Date.parse(other.from);
    const last = periodOf(civil(Date.parse(other.before) - 1, other.zone), text);
    return placeOf(text, of) <= placeOf(last, other);
  };
  const found = new Map(then.rows.map((row) => [name(row, then.tenants[0]), row]));
  return (row) => found.get(name(row, now.tenants[0])) ?? (reached(row) ? [] : undefined);
}
