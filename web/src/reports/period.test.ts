import { expect, test } from 'vitest';
import { formatsOf } from '../i18n/format';
import { periodsText, periodText } from './period';

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

const of = (zone: string, from: string, before: string) => ({ tenant: zone, company: zone, zone, from, before });

test('clocks of several zones show different times of one moment, so that it is said in UTC', () => {
  const at = '2026-11-29T16:18:07Z';
  const [santiago, kolkata] = [
    of('America/Santiago', '2026-10-31T03:00:00Z', at),
    of('Asia/Kolkata', '2026-10-30T18:30:00Z', at),
  ];
  expect(periodsText([santiago, kolkata], f)).toBe('31 Oct 2026 – 29 Nov 2026, 16:18:07 UTC');
  expect(periodsText([santiago], f)).toBe('31 Oct 2026 – 29 Nov 2026, 13:18:07');
});

test('whole days are the same dates in all zones', () => {
  const november = [
    of('America/Santiago', '2026-11-01T03:00:00Z', '2026-12-01T03:00:00Z'),
    of('Asia/Kolkata', '2026-10-31T18:30:00Z', '2026-11-30T18:30:00Z'),
  ];
  expect(periodsText(november, f)).toBe('1 Nov 2026 – 30 Nov 2026');
});

test('where the last days of zones are different dates, it is from the first to the last of them', () => {
  const days = [
    of('America/Santiago', '2026-11-22T03:00:00Z', '2026-11-29T03:00:00Z'),
    of('Asia/Kolkata', '2026-11-22T18:30:00Z', '2026-11-29T18:30:00Z'),
  ];
  expect(periodsText(days, f)).toBe('22 Nov 2026 – 29 Nov 2026');
});

test('a period from moment to moment is said in UTC where zones differ', () => {
  const hour = ['America/Santiago', 'Asia/Kolkata'].map((zone) =>
    of(zone, '2026-11-22T10:00:00Z', '2026-11-22T11:00:00Z'),
  );
  expect(periodsText(hour, f)).toBe('22 Nov 2026, 10:00:00 UTC – 22 Nov 2026, 11:00:00 UTC');
});
