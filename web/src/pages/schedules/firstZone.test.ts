import { expect, test } from 'vitest';
import { currentZone, ownZone } from '../../i18n/zones';
import { firstZone } from './firstZone';

test('a new schedule begins with the zone of the provider, for who is of it', () => {
  expect(firstZone({ tenant: '', time_zone: 'Pacific/Chatham' })).toBe('Pacific/Chatham');
  expect(firstZone({ tenant: '', time_zone: 'Asia/Calcutta' })).toBe('Asia/Kolkata');
});

test('others, and all where none is set, begin with their own', () => {
  expect(firstZone({ tenant: 'acme', time_zone: 'Pacific/Chatham' })).toBe(currentZone(ownZone));
  expect(firstZone({ tenant: '', time_zone: '' })).toBe(currentZone(ownZone));
});
