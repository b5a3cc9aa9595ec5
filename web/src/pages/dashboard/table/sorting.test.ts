import { expect, test } from 'vitest';
import { nextSorting, sorted } from './sorting';

const rows = [
  ['room-10', 2],
  ['room-9', null],
  ['room-1', 2],
  ['room-2', 30],
  ['Total', 34],
];
const order = (...args: Parameters<typeof sorted>) => sorted(...args).map((n) => n.number);

test('numbers in names count as numbers', () => {
  expect(order(rows, { column: 0, descending: false }, 'en')).toEqual([3, 4, 2, 1, 5]);
});

test('equal values keep their order, nothing goes last, and sums behind all', () => {
  expect(order(rows, { column: 1, descending: false }, 'en')).toEqual([1, 3, 4, 2, 5]);
  expect(order(rows, { column: 1, descending: true }, 'en')).toEqual([4, 1, 3, 2, 5]);
});

test('texts that are read alike keep their order, too', () => {
  const alike = [
    ['b', 1],
    ['room-01', 2],
    ['room-1', 3],
    ['b', 4],
    ['room-01', 5],
  ];
  expect(order(alike, { column: 0, descending: false }, 'en')).toEqual([1, 4, 2, 3, 5]);
  expect(order(alike, { column: 0, descending: true }, 'en')).toEqual([2, 3, 5, 1, 4]);
});

test('a third click gives the order of the server back', () => {
  const first = nextSorting(undefined, 1);
  const second = nextSorting(first, 1);
  expect([first, second, nextSorting(second, 1), nextSorting(second, 0)]).toEqual([
    { column: 1, descending: false },
    { column: 1, descending: true },
    undefined,
    { column: 0, descending: false },
  ]);
});
