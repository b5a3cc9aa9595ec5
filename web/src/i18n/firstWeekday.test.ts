import { expect, test } from 'vitest';
import { firstWeekday } from './firstWeekday';

const tags = [
  ['en-US', 0],
  ['en', 0],
  ['en-GB', 1],
  ['en-IN', 0],
  ['de', 1],
  ['de-AT', 1],
  ['ar-EG', 6],
] as const;

test.each(tags)('weeks of %s begin on day %i', (tag, day) => {
  expect(firstWeekday(tag)).toBe(day);
});

test.each(tags)('so they do where the browser does not know it: %s, %i', (tag, day) => {
  const { region, maximize } = new Intl.Locale(tag);
  const plain = { region, maximize: maximize.bind(new Intl.Locale(tag)) } as unknown as Intl.Locale;
  expect(firstWeekday(tag, plain)).toBe(day);
});
