import { expect, test } from 'vitest';
import { formatsOf } from '../../i18n/format';
import { type Recurrence, recurrenceText } from './recurrence';
import { schedulesWords } from './words';

const zone = 'Europe/Madrid';

const said: [Recurrence, string, string][] = [
  [{ grain: 'hour', minute: 15, zone }, 'Every hour from 00:15', 'Jede Stunde ab 00:15'],
  [{ grain: 'hour', every: 6, hour: 2, zone }, 'Every 6 hours from 02:00', 'Alle 6 Stunden ab 02:00'],
  [{ grain: 'day', hour: 6, minute: 30, zone }, 'Every day at 06:30', 'Jeden Tag um 06:30'],
  [
    { grain: 'week', hour: 6, weekdays: [0, 2, 1], zone },
    'Every week on Monday, Tuesday and Sunday at 06:00',
    'Jede Woche am Montag, Dienstag und Sonntag um 06:00',
  ],
  [{ grain: 'month', day: 1, hour: 6, zone }, 'Every month on day 1 at 06:00', 'Jeden Monat am 1. um 06:00'],
  [
    { grain: 'month', every: 3, day: -1, hour: 23, start: '2025-05-29', zone },
    'Every 3 months on the last day at 23:00, counted from May 2025',
    'Alle 3 Monate am letzten Tag um 23:00, gezählt ab Mai 2025',
  ],
];

test.each(said)('%j', (recurrence, en, de) => {
  expect(recurrenceText(recurrence, schedulesWords.en, formatsOf('en-GB'))).toBe(`${en}, ${zone}`);
  expect(recurrenceText(recurrence, schedulesWords.de, formatsOf('de'))).toBe(`${de}, ${zone}`);
});
