import { expect, test } from 'vitest';
import { sameError } from './sameError';

const [gone, goneToo, busy] = [new Error('no tenant x'), new Error('no tenant x'), new Error('busy')];

test.each([
  ['of all', [gone, goneToo], gone],
  ['of the only one', [busy], busy],
  ['that one does not have', [gone, null], undefined],
  ['beside another one', [gone, busy], undefined],
  ['of none', [], undefined],
])('an error %s', (_, errors, error) => {
  expect(sameError(errors)).toBe(error);
});
