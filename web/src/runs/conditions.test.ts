import { expect, test } from 'vitest';
import { conditionOf, conditionText, finished } from './conditions';

test.each(['company_name:starts-with:A:B', 'provider:equals:', 'locked:equals:true'])(
  '%s is the same when it was read and written',
  (text) => {
    expect(conditionText(conditionOf(text))).toBe(text);
  },
);

test('a condition that still has no value says nothing', () => {
  expect(finished(['company_name:contains:', 'hostname:equals:x', 'provider:equals:', 'provider:contains:'])).toEqual([
    'hostname:equals:x',
    'provider:equals:',
  ]);
});
