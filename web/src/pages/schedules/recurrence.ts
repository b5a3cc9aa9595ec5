import type { Schemas } from '../../api/client';
import type { Formats } from '../../i18n/format';
import type { schedulesWords } from './words';

export type Recurrence = Schemas['Recurrence'];
type Words = (typeof schedulesWords)['en'];

export const grains = ['hour', 'day', 'week', 'month'] as const;
/** Numbers of hours after which every day has the same times. */
export const hourSteps = [1, 2, 3, 4, 6, 8, 12, 24];
export const monthSteps = [1, 2, 3, 4, 6, 12];
/** Stands for the last day of a month. */
export const lastDay = -1;
/** Days of the week as people count them, from Monday on; 0 is Sunday. */
export const weekdays = [1, 2, 3, 4, 5, 6, 0];

const two = (n: number) => String(n).padStart(2, '0');

/** The time of day of a recurrence, as 06:30. */
export function timeOf(r: Pick<Recurrence, 'hour' | 'minute'>): string {
  return `${two(r.hour ?? 0)}:${two(r.minute ?? 0)}`;
}

/** The zone in which a schedule's times are told, as its words tell them. */
export function zoneOf(k: { recurrence: Pick<Recurrence, 'zone'> }): string {
  return k.recurrence.zone ?? 'UTC';
}

/** When a schedule runs, as a sentence begins: "Every week on Monday at 06:30, Asia/Kolkata". */
export function recurrenceText(r: Recurrence, t: Words, f: Formats): string {
  const every = r.every ?? 1;
  const at = timeOf(r);
  return [whenOf(r, every, at, t, f), r.zone].filter(Boolean).join(', ');
}

function whenOf(r: Recurrence, every: number, at: string, t: Words, f: Formats): string {
  switch (r.grain) {
    case 'hour':
      return every === 1 ? t.everyHour(at) : t.everyHours(f.number(every), at);
    case 'day':
      return t.everyDay(at);
    case 'week': {
      const days = weekdays.filter((d) => r.weekdays?.includes(d)).map((d) => f.weekday(d, 'long'));
      return t.everyWeek(f.list(days), at);
    }
    case 'month': {
      const day = r.day === lastDay ? t.theLastDay : t.theDay(f.number(r.day ?? 1));
      if (every === 1) return t.everyMonth(day, at);
      return t.everyMonths(f.number(every), day, at, r.start ? f.month(r.start.slice(0, 7)) : '');
    }
  }
}
