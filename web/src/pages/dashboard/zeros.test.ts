import { expect, test } from 'vitest';
import type { Column } from '../../reports/definitions';
import { filtersOf, isNothing, laterFrom } from './zeros';

const columns = [
  { name: 'Period', type: 'text' },
  { name: 'Sessions', type: 'integer' },
  { name: 'Hours', type: 'decimal' },
] as Column[];

test('nothing is counted where there are rows and all of their numbers are zero', () => {
  expect(
    isNothing(columns, [
      ['2025-11-01', 0, 0],
      ['Total', 0, null],
    ]),
  ).toBe(true);
  expect(
    isNothing(columns, [
      ['2025-11-01', 0, 0],
      ['Total', 0, 0.5],
    ]),
  ).toBe(false);
  expect(isNothing(columns, [['2025-11-01', -1, 0]])).toBe(false);
});

test('a table without rows, or without numbers, does not say so', () => {
  expect(isNothing(columns, [])).toBe(false);
  expect(isNothing(columns.slice(0, 1), [['2025-11-01']])).toBe(false);
});

test('a period that ends before the first event of all tenants is too early', () => {
  const early = { before: '2025-03-01T00:00:00Z', available_from: '2025-06-01T12:00:00Z' };
  const first = { before: '2025-03-01T00:00:00Z', available_from: '2025-04-01T12:00:00Z' };
  expect(laterFrom([early, first])).toBe('2025-04-01T12:00:00Z');
  expect(laterFrom([early, { ...first, before: '2025-05-01T00:00:00Z' }])).toBeUndefined();
  expect(laterFrom([{ before: '2025-03-01T00:00:00Z' }])).toBeUndefined();
  expect(laterFrom([])).toBeUndefined();
});

test('filters are named once, with all of their values', () => {
  expect(filtersOf(['channel=sms', 'bot=a=b', 'channel=web'])).toEqual([
    { field: 'channel', values: ['sms', 'web'] },
    { field: 'bot', values: ['a=b'] },
  ]);
  expect(filtersOf(undefined)).toEqual([]);
});
