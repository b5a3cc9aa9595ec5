import { expect, test } from 'vitest';
import { dayBegins, dayEnds } from './midnight';

test('a day is from midnight to midnight on the reader’s clock', () => {
  const [begins, ends] = [new Date(dayBegins('2025-12-31')), new Date(dayEnds('2025-12-31'))];
  expect([begins.getFullYear(), begins.getMonth(), begins.getDate(), begins.getHours()]).toEqual([2025, 11, 31, 0]);
  expect([ends.getFullYear(), ends.getMonth(), ends.getDate(), ends.getHours()]).toEqual([2026, 0, 1, 0]);
});
