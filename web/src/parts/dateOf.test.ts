import { expect, test } from 'vitest';
import { formatsOf } from '../i18n/format';
import { dateOf, dateProblem } from './dateOf';

test.each([
  ['en-GB', '2025-03-31', '2025-03-31'],
  ['en-GB', '31/3/2025', '2025-03-31'],
  ['en-US', '3/31/2025', '2025-03-31'],
  ['en-GB', '31 mar 2025', '2025-03-31'],
  ['en-US', 'Mar 31, 2025', '2025-03-31'],
  ['de', '31.03.2025', '2025-03-31'],
  ['de', '31. 3. 2025', '2025-03-31'],
  ['en-GB', '2025-02-30', null],
  ['en-GB', '31/2/2025', null],
  ['en-GB', 'tomorrow', null],
])('%s: %s', (locale, text, date) => {
  expect(dateOf(text, formatsOf(locale).date)).toBe(date);
});

test('what the app writes it reads, in every locale', () => {
  for (const locale of ['en', 'en-US', 'en-GB', 'de', 'de-AT']) {
    const { date } = formatsOf(locale);
    for (const day of ['2024-02-29', '2025-12-01', '2026-05-11']) expect(dateOf(date(day), date)).toBe(day);
  }
});

test.each([
  ['2025-02-31', 'none'],
  ['31.2.2025', 'none'],
  ['soon', 'none'],
  ['2025-02-28', 'early'],
  ['2025-03-01', undefined],
  ['31/3/2025', undefined],
  ['2025-04-01', 'late'],
  [' ', undefined],
])('what is wrong with %s from 1 to 31 March: %s', (text, problem) => {
  expect(dateProblem(text, { min: '2025-03-01', max: '2025-03-31' }, formatsOf('en-GB').date)).toBe(problem);
});
