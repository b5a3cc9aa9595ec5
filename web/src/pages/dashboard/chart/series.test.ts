import { expect, test } from 'vitest';
import { barsOf, linesOf, mostSeries, totalsOf } from './series';

test('lines have a point for each period, with the row of its number, and no sums', () => {
  const rows = [
    ['2026-10', 'sms', 5],
    ['2026-10', 'All', 5],
    ['2026-11', 'chat', 2],
    ['2026-11', 'sms', 3],
    ['2026-11', 'All', 4],
    ['Total', 'All', 7],
  ];
  expect(linesOf(rows, 0, [1], 2)).toEqual({
    periods: ['2026-10', '2026-11'],
    of: 2,
    series: [
      {
        name: 'sms',
        points: [
          { value: 5, row: 1 },
          { value: 3, row: 4 },
        ],
      },
      { name: 'chat', points: [null, { value: 2, row: 3 }] },
    ],
  });
});

test('where there are only sums, they are drawn', () => {
  expect(
    linesOf(
      [
        ['2026-10', 'All', 5],
        ['2026-11', 'All', 4],
      ],
      0,
      [1],
      2,
    ).series,
  ).toHaveLength(1);
});

test('of many lines the largest are drawn, in the order of the table', () => {
  const rows = Array.from({ length: 12 }, (_, i) => ['2026', `t${i}`, i]);
  const { series, of } = linesOf(rows, 0, [1], 2);
  expect([series.map((s) => s.name), of]).toEqual([['t4', 't5', 't6', 't7', 't8', 't9', 't10', 't11'], 12]);
  expect(series).toHaveLength(mostSeries);
});

test('bars are sorted, and know their rows', () => {
  expect(
    barsOf(
      [
        ['a', 1],
        ['b', 3],
        ['All', 4],
      ],
      [0],
      1,
    ),
  ).toEqual([
    { name: 'b', point: { value: 3, row: 2 } },
    { name: 'a', point: { value: 1, row: 1 } },
  ]);
});

test('lines and bars are called what is shown of their rows', () => {
  const rows = [
    ['2026-10', 'sms', 5],
    ['2026-11', 'chat', 2],
  ];
  const say = (text: string, column: number) => `${column}:${text}`;
  expect(linesOf(rows, 0, [1], 2, { say }).series.map((s) => s.name)).toEqual(['1:sms', '1:chat']);
  expect(barsOf(rows, [0, 1], 2, { say }).map((b) => b.name)).toEqual(['0:2026-10 · 1:sms', '0:2026-11 · 1:chat']);
});

test('days without rows are days with nothing, weeks without rows are left out', () => {
  const days = [
    ['2025-12-30', 1],
    ['2025-12-31', 2],
    ['2026-01-02', 3],
  ];
  expect(
    linesOf(days, 0, [], 1, { absent: { value: 0 }, dates: { first: '2025-12-30', last: '2026-01-03' } }),
  ).toMatchObject({
    periods: ['2025-12-30', '2025-12-31', '2026-01-01', '2026-01-02', '2026-01-03'],
    series: [
      { points: [{ value: 1, row: 1 }, { value: 2, row: 2 }, { value: 0 }, { value: 3, row: 3 }, { value: 0 }] },
    ],
  });
  const weeks = [
    ['2025-12-01', 1],
    ['2025-12-15', 2],
  ];
  expect(linesOf(weeks, 0, [], 1).periods).toEqual(['2025-12-01', '2025-12-15']);
});

test('a period that has a sum of zero alone is on the axis, drawn as zero', () => {
  const weeks = [
    ['2026-11-02', 'sms', 5, 0.5],
    ['2026-11-02', 'All', 5, 0.5],
    ['2026-11-09', 'All', 0, 0],
    ['2026-11-16', 'sms', 3, 0.3],
    ['2026-11-16', 'All', 3, 0.3],
    ['Total', 'All', 8, 0.8],
  ];
  for (const value of [2, 3]) {
    const { periods, series } = linesOf(weeks, 0, [1], value);
    expect(periods).toEqual(['2026-11-02', '2026-11-09', '2026-11-16']);
    expect(series.map((s) => [s.name, s.points[1]])).toEqual([['sms', { value: 0 }]]);
  }
});

test('sums over all periods are those of the table, beside those of the period before', () => {
  const rows = [
    ['Bolt', '2026-10', 'sms', 5],
    ['Acme', '2026-10', 'sms', 7],
    ['Bolt', 'Total', 'sms', 4],
    ['Bolt', 'Total', 'All', 4],
    ['Acme', 'Total', 'All', 7],
    ['Gull', 'Total', 'All', 1],
  ];
  const then = new Map([
    ['Bolt', ['Bolt', 'Total', 'All', 2]],
    ['Acme', []],
  ]);
  expect(totalsOf(rows, 1, [0, 2], 3, { before: (row) => then.get(String(row[0])) })).toEqual([
    { name: 'Acme', value: 7, before: 0 },
    { name: 'Bolt', value: 4, before: 2 },
    { name: 'Gull', value: 1, before: null },
  ]);
});
