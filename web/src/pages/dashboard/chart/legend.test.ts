import { expect, test } from 'vitest';
import { legendOf, placed } from './legend';

const options = {
  color: ['#111', '#222'],
  series: [
    { name: 'a', lineStyle: { width: 2 } },
    { name: 'b', lineStyle: { width: 2 } },
    { name: 'a, before', color: '#111', lineStyle: { type: 'dashed' } },
  ],
};

test('a legend names every line that is switched on, in its colour', () => {
  expect(legendOf(options, { b: false })).toEqual([
    { name: 'a', color: '#111', dashed: false },
    { name: 'a, before', color: '#111', dashed: true },
  ]);
  expect(legendOf(options, {}).map((e) => e.name)).toEqual(['a', 'b', 'a, before']);
});

test('a line alone needs no legend', () => {
  expect(legendOf({ ...options, series: options.series.slice(0, 1) }, {})).toEqual([]);
});

test('what does not fit beside others goes into the next row, and what fits nowhere has a row of its own', () => {
  expect(placed([40, 50, 30, 200, 10], 100, 5)).toEqual([
    { x: 0, row: 0 },
    { x: 45, row: 0 },
    { x: 0, row: 1 },
    { x: 0, row: 2 },
    { x: 0, row: 3 },
  ]);
});
