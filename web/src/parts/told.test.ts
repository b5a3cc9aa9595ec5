import { expect, test } from 'vitest';
import { ApiError } from '../api/error';
import { told as toldBy } from './told';

/** In the server's own words, where it is not a permission. */
const told = (error: ApiError, language: 'en' | 'de') => toldBy(error, language, (text) => text);

const denied = (needs?: { entity: string; action: string }) =>
  new ApiError({ status: 403, detail: 'this needs the permission VIEW of SCHEDULED_TASKS', hint: 'ask', needs });

test('a permission that is lacking is called as the page of the roles calls it', () => {
  const needs = { entity: 'SCHEDULED_TASKS', action: 'VIEW' };
  expect(told(denied(needs), 'en')).toEqual({
    what: 'This needs the permission “Scheduled reports: view”.',
    hint: 'Ask an administrator for a role that allows it.',
  });
  expect(told(denied(needs), 'de').what).toBe('Dafür brauchen Sie das Recht „Geplante Berichte: sehen“.');
});

test('all else, and a permission of a newer server, is in the words of the server', () => {
  const said = { what: 'This needs the permission VIEW of SCHEDULED_TASKS.', hint: 'Ask.' };
  expect(told(denied(), 'de')).toEqual(said);
  expect(told(denied({ entity: 'PRICES', action: 'VIEW' }), 'en')).toEqual(said);
});
