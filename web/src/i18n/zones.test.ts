import { expect, test } from 'vitest';
import { zoneLabel } from './zoneLabel';
import { zoneChoices } from './zones';

test.each([
  ['UTC', '2025-07-01T00:00:00Z', 'UTC'],
  ['America/New_York', '2025-07-01T00:00:00Z', 'America/New York (UTC-4)'],
  ['America/New_York', '2025-12-01T00:00:00Z', 'America/New York (UTC-5)'],
  ['Asia/Kolkata', '2025-12-01T00:00:00Z', 'Asia/Kolkata (UTC+5:30)'],
  ['Africa/Abidjan', '2025-12-01T00:00:00Z', 'Africa/Abidjan (UTC+0)'],
])('%s at %s', (zone, at, label) => {
  expect(zoneLabel(zone, new Date(at))).toBe(label);
});

test('a zone that the browser does not list can stay chosen', () => {
  expect(zoneChoices(new Date(), 'Etc/GMT+5')[0]).toMatchObject({ value: 'Etc/GMT+5' });
});
