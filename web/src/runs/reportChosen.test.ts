import { expect, test } from 'vitest';
import { reportChosen } from './reportChosen';

test('a zone that was chosen is not sent with a report that is always in UTC', () => {
  expect(reportChosen({ name: 'room-usage', zone: 'always-utc' })).toMatchObject({ report: 'room-usage', zone: '' });
});

test('for another report it stays', () => {
  expect(reportChosen({ name: 'service-usage', zone: 'tenant' })).not.toHaveProperty('zone');
});
