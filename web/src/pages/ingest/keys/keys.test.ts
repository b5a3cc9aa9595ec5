import { expect, test } from 'vitest';
import { expiryOf, stateOf } from './keys';

const now = '2026-11-29T12:00:00Z';

test('a key is revoked whenever it would expire', () => {
  expect(stateOf({ revoked: now, expires: null }, now)).toBe('revoked');
  expect(stateOf({ revoked: null, expires: now }, now)).toBe('expired');
  expect(stateOf({ revoked: null, expires: '2026-11-29T12:00:01Z' }, now)).toBe('active');
  expect(stateOf({ revoked: null, expires: null }, now)).toBe('active');
});

test('a key expires so many days from now, or when its last date is over', () => {
  expect(expiryOf('never', '', now)).toBeNull();
  expect(expiryOf('30', '', now)).toBe('2026-12-29T12:00:00.000Z');
  expect(expiryOf('date', '2026-12-31', now)).toBe(new Date(2027, 0, 1).toISOString());
  expect(expiryOf('date', '', now)).toBeNull();
});
