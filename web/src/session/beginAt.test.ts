import { expect, test } from 'vitest';
import { beginAt } from './beginAt';

test('the way to the provider knows where to return to', () => {
  expect(beginAt('/dashboards/room-usage?tenant=a&where=x%3Dy#z')).toBe(
    '/api/v1/oidc/begin?return_to=%2Fdashboards%2Froom-usage%3Ftenant%3Da%26where%3Dx%253Dy%23z',
  );
});

test('of an address that is longer than the server takes the page is left', () => {
  expect(beginAt(`/audit?x=${'y'.repeat(1000)}`)).toBe('/api/v1/oidc/begin?return_to=%2Faudit');
  expect(beginAt(`/${'y'.repeat(1000)}`)).toBe('/api/v1/oidc/begin?return_to=%2F');
});
