import { expect, test } from 'vitest';
import { formatsOf } from '../../i18n/format';
import { writtenPeriod } from './writtenPeriod';

test('dates and months are written as the reader writes them, and all else stays', () => {
  const texts = ['2025-11-03', '2025-11', '2025-Q4', '2025', 'Total', '2025-11-03 14:00'];
  const british = formatsOf('en-GB');
  const german = formatsOf('de');
  expect(texts.map((text) => writtenPeriod(text, british)).slice(0, 2)).toEqual(['3 Nov 2025', 'November 2025']);
  expect(texts.map((text) => writtenPeriod(text, german)).slice(0, 2)).toEqual(['03.11.2025', 'November 2025']);
  expect(texts.map((text) => writtenPeriod(text, german)).slice(2)).toEqual(texts.slice(2));
});
