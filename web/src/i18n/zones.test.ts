import { expect, test } from 'vitest';
import { zoneLabel } from './zoneLabel';
import { currentZone, zoneChoices, zoneFound, zones } from './zones';

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

test('zones are offered once, by the names that they have now', () => {
  for (const zone of [
    'Asia/Kolkata',
    'Asia/Kathmandu',
    'Asia/Ho_Chi_Minh',
    'Asia/Yangon',
    'Europe/Kyiv',
    'America/Nuuk',
  ]) {
    expect(zones).toContain(zone);
  }
  expect(zones.filter((z) => currentZone(z) !== z)).toEqual([]);
  expect(new Set(zones).size).toBe(zones.length);
  expect(zones[0]).toBe('UTC');
});

test.each([
  ['Kolkata', 'Asia/Kolkata'],
  ['calcutta', 'Asia/Kolkata'],
  ['Kyiv', 'Europe/Kyiv'],
  ['Kiev', 'Europe/Kyiv'],
  ['Ho_Chi_Minh', 'Asia/Ho_Chi_Minh'],
  ['ho chi minh', 'Asia/Ho_Chi_Minh'],
  ['new_york', 'America/New_York'],
  ['Atlantis', undefined],
])('who looks for %s finds %s', (search, zone) => {
  const found = zoneChoices(new Date()).filter((c) => zoneFound(c, search));
  expect(found.map((c) => c.value)).toEqual(zone ? [zone] : []);
});
