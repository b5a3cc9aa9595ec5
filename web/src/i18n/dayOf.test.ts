import { expect, test } from 'vitest';
import { dayOf } from './dayOf';
import { formatsOf } from './format';
import { zoneLabel } from './zoneLabel';

test.each([
  ['2026-11-29', '2026-11-29'],
  ['2026-11-29T10:00:00Z', '2026-11-29'],
  ['2026-13-99', undefined],
  ['2026-02-30', undefined],
  ['March', undefined],
  ['', undefined],
  [undefined, undefined],
])('%s begins with the date %s', (text, day) => {
  expect(dayOf(text)).toBe(day);
});

test('what is no date or zone is written as it is', () => {
  const f = formatsOf('en');
  expect([f.date('2026-13-99'), f.day('x'), f.month('2026-13')]).toEqual(['2026-13-99', 'x', '2026-13']);
  expect([f.instant('x', 'UTC'), f.minute('x', 'UTC'), f.dateOf('x', 'UTC')]).toEqual(['x', 'x', 'x']);
  expect(zoneLabel('Nowhere/At_All', new Date())).toBe('Nowhere/At_All');
});
