import { expect, test } from 'vitest';
import { byReason, bySource, spanUntil, total } from './counts';

test('a time until now begins and ends with quarters of an hour', () => {
  expect(spanUntil('2026-11-29T02:07:30Z', 'hour')).toEqual({
    from: '2026-11-29T01:00:00.000Z',
    to: '2026-11-29T02:15:00.000Z',
    minutes: 67.5,
  });
});

const columns = ['Tenant ID', 'Company Name', 'Date', 'Source', 'Accepted', 'Duplicates', 'Rejected'];

test('days of a source are added up, and the busiest source is first', () => {
  const list = bySource(
    columns,
    [
      ['a', 'Acme', '2026-11-28', 'x', 1, 0, 0],
      ['a', 'Acme', '2026-11-28', 'y', 5, 1, 2],
      ['a', 'Acme', '2026-11-29', 'x', 2, 0, 1],
    ],
    '',
  );
  expect(list.map((s) => [s.source, s.Accepted, s.Rejected])).toEqual([
    ['y', 5, 2],
    ['x', 3, 1],
  ]);
  expect(total(list)).toMatchObject({ Accepted: 8, Duplicates: 1, Rejected: 3, 'Late Over a Day': 0 });
});

test('a table of one tenant does not name it', () => {
  expect(bySource(columns.slice(2), [['2026-11-28', 'x', 1, 0, 0]], 'acme')[0]).toMatchObject({
    tenant: 'acme',
    source: 'x',
    Accepted: 1,
  });
});

test('reasons are added up', () => {
  const rows = [
    ['2026-11-28', 'x', 'unknown type', 1],
    ['2026-11-28', 'y', 'not a time', 1],
    ['2026-11-29', 'x', 'unknown type', 2],
  ];
  expect(byReason(['Date', 'Source', 'Reason', 'Rejected'], rows)).toEqual([
    { reason: 'unknown type', count: 3 },
    { reason: 'not a time', count: 1 },
  ]);
});
