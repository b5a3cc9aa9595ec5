import { expect, test } from 'vitest';
import { formatsOf } from '../../i18n/format';
import { pictureLines } from './pictureLines';
import { dashboardWords } from './words';

const f = formatsOf('en-GB');
const acme = {
  tenant: 'acme',
  company: 'Acme',
  zone: 'UTC',
  from: '2025-11-08T00:00:00Z',
  before: '2025-11-15T00:00:00Z',
};
const bolt = {
  tenant: 'bolt',
  company: '',
  zone: 'Europe/Berlin',
  from: '2025-11-07T23:00:00Z',
  before: '2025-11-14T23:00:00Z',
};
const asked = { from: '2025-11-08', to: '2025-11-14' };

test('a picture says whose usage it is, of when, in which zone', () => {
  expect(pictureLines({ tenants: [acme] }, asked, false, dashboardWords.en, f)).toEqual([
    'Acme',
    '8 Nov 2025 – 14 Nov 2025 in UTC',
  ]);
});

test('of chosen tenants it names each, and that their zones differ', () => {
  expect(pictureLines({ tenants: [acme, bolt] }, asked, true, dashboardWords.en, f)).toEqual([
    'Acme and bolt',
    '8 Nov 2025 – 14 Nov 2025, days in 2 time zones, each tenant’s own',
    'compared with 1 Nov 2025 – 7 Nov 2025',
  ]);
  expect(
    pictureLines({ tenants: [acme, bolt] }, { ...asked, all_tenants: 'true' }, false, dashboardWords.de, f)[0],
  ).toBe('Alle Mandanten');
});
