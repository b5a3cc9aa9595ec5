import { expect, test } from 'vitest';
import type { Column } from './definitions';
import { drawingOf } from './drawing';

const text = (...names: string[]): Column[] => names.map((name) => ({ name, type: 'text' }));
const count = (...names: string[]): Column[] => names.map((name) => ({ name, type: 'integer' }));

test('one row of numbers is figures', () => {
  expect(drawingOf(count('Sessions', 'Tickets'), [[114, 18]])).toEqual({ kind: 'figures', values: [0, 1] });
});

test.each(['2026-11-25', '2026-11', '2026', '2026-Q4', '2026-11-25T13:00'])(
  'rows of periods such as %s are lines',
  (p) => {
    const rows = [
      ['a', 'A', p, 'sms', 1],
      ['a', 'A', '2020', 'sms', 2],
      ['a', 'A', 'Total', 'All', 3],
    ];
    expect(drawingOf([...text('Tenant ID', 'Company Name', 'Period', 'Platform'), ...count('Agents')], rows)).toEqual({
      kind: 'lines',
      period: 2,
      labels: [1, 3],
      values: [4],
    });
  },
);

test('periods that have a sum alone count as periods', () => {
  const rows = [
    ['2026-10', 'sms', 1],
    ['2026-10', 'All', 1],
    ['2026-11', 'All', 0],
    ['Total', 'All', 1],
  ];
  expect(drawingOf([...text('Period', 'Platform'), ...count('Sessions')], rows).kind).toBe('lines');
});

test('a single period is no line', () => {
  expect(
    drawingOf([...text('Date', 'Source'), ...count('Accepted', 'Rejected')], [['2026-11-25', 's', 5, 1]]).kind,
  ).toBe('table');
});

test('a few names with one number are bars, and the sum of them is none', () => {
  const rows = [
    ['sms', 1],
    ['chat', 1],
    ['All', 2],
  ];
  expect(drawingOf([...text('Platform'), ...count('Channels')], rows)).toEqual({
    kind: 'bars',
    labels: [0],
    values: [1],
  });
});

test('bars leave out what all of them have', () => {
  const rows = [
    ['2026-11', 'sms', 1],
    ['2026-11', 'chat', 2],
  ];
  const drawing = drawingOf([...text('Month', 'Platform'), ...count('Contacts')], rows);
  expect(drawing).toEqual({ kind: 'bars', labels: [1], values: [2] });
});

test.each([
  [
    'an invoice',
    [...text('Section', 'Item', 'Measure'), { name: 'Value', type: 'number' }],
    [
      ['a', 'b', 'c', 1],
      ['a', 'b', 'd', 2],
    ],
  ],
  ['many names', [...text('Room'), ...count('Messages')], Array.from({ length: 31 }, (_, i) => [`r${i}`, i])],
  ['no numbers', text('Session', 'Bot'), [['s', 'b']]],
  ['no rows', [...text('Date'), ...count('Sessions')], []],
])('%s stays a table', (_, columns, rows) => {
  expect(drawingOf(columns, rows).kind).toBe('table');
});
