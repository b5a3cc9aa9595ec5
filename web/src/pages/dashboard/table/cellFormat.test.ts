import { expect, test } from 'vitest';
import { formatsOf } from '../../../i18n/format';
import { dashboardWords } from '../words';
import { comparedText } from './cellFormat';

const f = formatsOf('en-GB');
const compared = (value: number, earlier: number | null | undefined, type = 'integer') =>
  comparedText(value, earlier, { name: 'Sessions', type } as Parameters<typeof comparedText>[2], dashboardWords.en, f);

test('a number has that of the period before beside it, and how it has changed', () => {
  expect(compared(1120, 1000)).toBe('+12% · before: 1,000');
  expect(compared(0, 4)).toBe('-100% · before: 4');
  expect(compared(3, 1.5, 'decimal')).toBe('+100% · before: 1.50');
});

test('where nothing was before, it says so, and there is no change by a share', () => {
  expect(compared(7, 0)).toBe('before: 0');
  expect(compared(7, undefined)).toBe('before: 0');
  expect(compared(7, null)).toBe('before: 0');
});
