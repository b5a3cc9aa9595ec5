import { expect, test } from 'vitest';
import { eventLink, filterOf, laidOut } from './rejected';

test('JSON is laid out, and all else stays as it came', () => {
  expect(laidOut('{"a":[1]}')).toBe('{\n  "a": [\n    1\n  ]\n}');
  expect(laidOut('{"a":')).toBe('{"a":');
  expect(laidOut('{"id":12345678901234567890}')).toBe('{"id":12345678901234567890}');
});

test('the address of an event names its tenant', () => {
  expect(eventLink('a b', 'f00')).toBe('/api/v1/quarantine/f00?tenant=a+b');
  expect(eventLink('', 'f00')).toBe('/api/v1/quarantine/f00');
});

test('an address that says nothing of them means all events', () => {
  expect(filterOf({ tab: 'rejected', tenant: 'acme' })).toBeUndefined();
});

test('a last date means all of its day', () => {
  const filter = filterOf({ search: 'clock', to: '2025-12-31' });
  expect(filter).toEqual({ search: 'clock', until: new Date(2026, 0, 1).toISOString() });
});
