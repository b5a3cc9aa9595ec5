import { expect, test } from 'vitest';
import { after, nearest, type Stop } from './stops';

const stop = (series: number, index: number, value: number, row?: number): Stop => ({
  series,
  index,
  value,
  row,
  text: `${series} ${index}`,
});
const stops = [stop(0, 0, 10, 1), stop(0, 1, 20, 2), stop(1, 0, 50, 3), stop(1, 1, 60), stop(2, 1, 90, 4)];
const heightOf = (s: Stop) => 100 - s.value;

test.each([
  ['above all', 1, 0, 4],
  ['between two, nearer to the lower', 0, 75, 1],
  ['between two, nearer to the upper', 0, 65, 3],
  ['at one that opens nothing', 1, 40, 4],
  ['where there is none', 7, 40, undefined],
])('a place %s is of the nearest number', (_, index, height, row) => {
  expect(nearest(stops, index, height, heightOf)?.row).toBe(row);
});

test('keys go along a line and between lines', () => {
  const at = after(stops, undefined, 'ArrowRight');
  expect(at).toBe(stops[0]);
  expect(after(stops, at, 'ArrowRight')).toBe(stops[1]);
  expect(after(stops, at, 'ArrowDown')).toBe(stops[2]);
  expect(after(stops, stops[4], 'Home')).toBe(stops[4]);
});
