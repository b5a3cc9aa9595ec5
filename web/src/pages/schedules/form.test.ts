import { expect, test } from 'vitest';
import { bodyOf, draftOfAddress, draftOfSchedule, inFirstStep, missingOf, withTyped } from './form';
import type { Schedule } from './schedules';

const provider = { tenant: '', reach: { all: true, tenants: 0 } };

const kept: Schedule = {
  id: 'k1',
  tenant: '',
  owner: 'm1',
  owner_name: 'ada@example.com',
  name: 'Rooms',
  description: 'of Madrid',
  report: 'room-usage',
  tenants: ['acme'],
  period: 'previous-week',
  zone: 'Europe/Madrid',
  format: 'csv',
  delimiter: 'pipe',
  recurrence: {
    grain: 'week',
    every: 1,
    hour: 6,
    minute: 5,
    weekdays: [1, 3],
    start: '2025-05-29',
    zone: 'Europe/Madrid',
  },
  words: '',
  settle: 600,
  catch_up: 'latest',
  recipients: [{ id: 'r1', way: 'webhook', address: 'https://example.org/in' }],
  attach: false,
  enabled: true,
  stopped: '',
  next: null,
  covered_until: null,
  version: 3,
  created: null,
  edited: null,
  last: { id: 'x1', at: null, state: 'done', late: false, error: '', finished: null, deliveries: {}, waits: '' },
};

test('a schedule is the same when it went through the form', () => {
  const body = bodyOf(draftOfSchedule(kept, provider), 'Rooms');
  expect(body).toMatchObject({
    name: 'Rooms',
    description: 'of Madrid',
    report: 'room-usage',
    tenants: ['acme'],
    period: 'previous-week',
    delimiter: 'pipe',
    recurrence: { grain: 'week', hour: 6, minute: 5, weekdays: [1, 3], start: '2025-05-29', zone: 'Europe/Madrid' },
    settle: 600,
    catch_up: 'latest',
    recipients: kept.recipients,
    attach: false,
  });
  expect([body.recurrence.every, body.recurrence.day]).toEqual([undefined, undefined]);
});

test('periods whose zone is that of the recurrence stay in it when the recurrence moves', () => {
  const draft = draftOfSchedule(kept, provider);
  expect(bodyOf({ ...draft, recurrence: { ...draft.recurrence, zone: 'Asia/Tokyo' } }, '').zone).toBeUndefined();
  expect(bodyOf(draftOfSchedule({ ...kept, zone: 'UTC' }, provider), '').zone).toBe('UTC');
});

test('what does not count for the recurrence is not sent', () => {
  const draft = draftOfAddress({}, provider, 'UTC');
  const monthly = bodyOf({ ...draft, recurrence: { ...draft.recurrence, months: 3, day: -1 } }, 'x').recurrence;
  expect([monthly.every, monthly.day, monthly.weekdays]).toEqual([3, -1, undefined]);
  const hourly = bodyOf({ ...draft, recurrence: { ...draft.recurrence, grain: 'hour', hours: 6 } }, 'x').recurrence;
  expect([hourly.every, hourly.day, hourly.hour]).toEqual([6, undefined, 6]);
});

test('a schedule without a name has that of its report', () => {
  expect(bodyOf(draftOfAddress({ report: 'room-usage' }, provider, 'UTC'), 'Room usage').name).toBe('Room usage');
});

test('nothing is previewed before it can be', () => {
  const draft = draftOfAddress({ report: 'room-usage' }, provider, 'UTC');
  const { job, recurrence } = draft;
  expect(missingOf(draft)).toBeUndefined();
  expect(missingOf({ job: { ...job, report: '' }, recurrence })).toBe('missingReport');
  expect(missingOf({ job: { ...job, whose: 'these' }, recurrence })).toBe('missingTenants');
  expect(missingOf({ job: { ...job, whose: 'filter', filter: ['hostname:equals:'] }, recurrence })).toBe(
    'missingFilter',
  );
  expect(missingOf({ job, recurrence: { ...recurrence, grain: 'week', weekdays: [] } })).toBe('missingDays');
});

test('an error leads to the step that has its field', () => {
  expect(['name', 'recurrence.every', 'tenants[0]'].map(inFirstStep)).toEqual([true, true, true]);
  expect(['recipients[1]', 'settle', undefined, ''].map(inFirstStep)).toEqual([false, false, false, false]);
});

test('an address that is typed and not added counts, once', () => {
  const draft = draftOfAddress({}, provider, 'UTC');
  const typed = withTyped({ ...draft, typed: { mail: ' a@example.com ', webhook: '' } });
  expect(typed.recipients).toEqual([{ way: 'mail', address: 'a@example.com' }]);
  expect(withTyped({ ...typed, typed: { mail: 'A@example.com', webhook: '' } }).recipients).toHaveLength(1);
});
