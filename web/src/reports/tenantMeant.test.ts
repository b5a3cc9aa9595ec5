import { expect, test } from 'vitest';
import { tenantMeant } from './tenantMeant';

test.each([
  ['hudson wealth', true],
  ['HUDSON-W', true],
  ['', true],
  ['hudson savings', false],
  ['wealth hudson', false],
])('who looks for "%s" may mean it: %s', (text, meant) => {
  expect(tenantMeant({ value: 'hudson-wealth', label: 'Hudson Wealth Advisors' }, text)).toBe(meant);
});
