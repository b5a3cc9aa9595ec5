import { expect, test } from 'vitest';
import type { Column } from './definitions';
import { civilDates, counterparts, previousOf } from './previous';

const berlin = (from: string, before: string) => ({ tenant: 't', company: 'T', zone: 'Europe/Berlin', from, before });

test.each([
  // The clocks change on 26 October 2025: seven dates before are seven dates, if not as many hours.
  [
    { from: '2025-10-26', to: '2025-11-01' },
    '2025-10-25T22:00:00Z',
    '2025-11-01T23:00:00Z',
    '2025-10-19',
    '2025-10-25',
  ],
  [{ period: 'last-7-days' as const }, '2025-11-21T23:00:00Z', '2025-11-28T10:20:00Z', '2025-11-15', '2025-11-21'],
  [{ period: 'last-month' as const }, '2025-02-28T23:00:00Z', '2025-03-31T22:00:00Z', '2025-02-01', '2025-02-28'],
  [{ period: 'last-3-months' as const }, '2025-01-31T23:00:00Z', '2025-04-30T22:00:00Z', '2024-11-01', '2025-01-31'],
  [
    { from: '2025-03-01T10:00:00Z', to: '2025-03-01T12:30:00Z' },
    '2025-03-01T10:00:00Z',
    '2025-03-01T12:30:00Z',
    '2025-03-01T07:30:00.000Z',
    '2025-03-01T10:00:00.000Z',
  ],
])('%o goes back to %s', (asked, from, before, first, last) => {
  expect(previousOf({ ...asked, at: '2025-11-28T10:20:00Z', zone: 'Europe/Berlin' }, berlin(from, before))).toEqual({
    zone: 'Europe/Berlin',
    from: first,
    to: last,
  });
});

const text = (name: string): Column => ({ name, type: 'text' }) as Column;
const columns = [text('Period'), text('Platform'), { name: 'Messages', type: 'integer' } as Column];

test('a row and its counterpart are as far into their periods, also where days are missing', () => {
  const now = {
    asked: {},
    tenants: [berlin('2025-11-07T23:00:00Z', '2025-11-14T23:00:00Z')],
    rows: [
      ['2025-11-09', 'sms', 3],
      ['2025-11-10', 'sms', 4],
      ['Total', 'All', 7],
    ],
  };
  const then = {
    tenants: [berlin('2025-10-31T23:00:00Z', '2025-11-07T23:00:00Z')],
    rows: [
      ['2025-11-01', 'sms', 1],
      ['2025-11-03', 'sms', 2],
      ['Total', 'All', 3],
    ],
  };
  const before = counterparts(columns, now, then);
  expect(now.rows.map(before)).toEqual([[], ['2025-11-03', 'sms', 2], ['Total', 'All', 3]]);
});

test('weeks that begin before the period are as far as those that begin in it', () => {
  const before = counterparts(
    columns,
    {
      asked: { option: ['every=week'] },
      tenants: [berlin('2025-11-11T23:00:00Z', '2025-11-21T23:00:00Z')], // from a Wednesday
      rows: [['2025-11-10', 'sms', 3]],
    },
    { tenants: [berlin('2025-11-01T23:00:00Z', '2025-11-11T23:00:00Z')], rows: [['2025-10-27', 'sms', 9]] }, // from a Sunday
  );
  expect(before(['2025-11-10', 'sms', 3])).toEqual(['2025-10-27', 'sms', 9]);
});

test('a month that the other period does not reach has no counterpart', () => {
  const before = counterparts(
    columns,
    { asked: {}, tenants: [berlin('2025-10-30T23:00:00Z', '2025-11-29T23:00:00Z')], rows: [['2025-10', 'sms', 3]] },
    { tenants: [berlin('2025-09-30T22:00:00Z', '2025-10-30T23:00:00Z')], rows: [['2025-10', 'sms', 9]] },
  );
  expect([before(['2025-10', 'sms', 3]), before(['2025-11', 'sms', 4])]).toEqual([['2025-10', 'sms', 9], undefined]);
});

test('the dates of a period are those of its zone, and both count', () => {
  expect(civilDates({ from: '2026-10-30T23:00:00Z', before: '2026-11-29T23:00:00Z', zone: 'Europe/Madrid' })).toEqual({
    first: '2026-10-31',
    last: '2026-11-29',
  });
});
