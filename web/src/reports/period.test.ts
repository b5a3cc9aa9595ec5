import { expect, test } from 'vitest';
import { formatsOf } from '../i18n/format';
import { periodText } from './period';

const f = formatsOf('en-GB');

test.each([
  [
    'a month with a change of clocks',
    '2025-03-01T05:00:00Z',
    '2025-04-01T04:00:00Z',
    'America/New_York',
    '1 Mar 2025 – 31 Mar 2025',
  ],
  [
    'not from midnight on',
    '2025-03-30T23:00:00Z',
    '2025-03-31T22:00:00Z',
    'Europe/Berlin',
    '31 Mar 2025, 01:00 – 1 Apr 2025, 00:00',
  ],
  [
    'to a second',
    '2025-03-30T22:00:00Z',
    '2025-03-31T09:12:07Z',
    'Europe/Berlin',
    '31 Mar 2025, 00:00:00 – 31 Mar 2025, 11:12:07',
  ],
  [
    'days up to now',
    '2025-03-24T23:00:00Z',
    '2025-03-31T09:12:07Z',
    'Europe/Berlin',
    '25 Mar 2025 – 31 Mar 2025, 11:12:07',
  ],
  ['a day of 23 hours', '2025-03-29T23:00:00Z', '2025-03-30T22:00:00Z', 'Europe/Berlin', '30 Mar 2025'],
  ['half an hour aside', '2025-11-01T18:30:00Z', '2025-11-02T18:30:00Z', 'Asia/Kolkata', '2 Nov 2025'],
])('%s', (_, from, before, zone, text) => {
  expect(periodText({ from, before, zone }, f)).toBe(text);
});
