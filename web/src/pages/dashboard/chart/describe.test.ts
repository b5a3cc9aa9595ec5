import { expect, test } from 'vitest';
import { formatsOf } from '../../../i18n/format';
import { dashboardWords } from '../words';
import { notComparedText } from './describe';

const [t, f] = [dashboardWords.en, formatsOf('en-GB')];

test('where lines are not compared, the sums of the table are', () => {
  const totals = [
    { name: 'Acme', value: 12, before: 10 },
    { name: '', value: 4, before: 0 },
    { name: 'Gull', value: 1, before: null },
  ];
  expect(notComparedText(totals, t, f)).toBe(
    `${t.notCompared} In total: Acme 12 · +20% · before: 10; All 4 · before: 0; Gull 1.`,
  );
  expect(notComparedText([], t, f)).toBe(t.notCompared);
});
