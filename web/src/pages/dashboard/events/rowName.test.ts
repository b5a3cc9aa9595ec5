import { expect, test } from 'vitest';
import { formatsOf } from '../../../i18n/format';
import type { Column } from '../../../reports/definitions';
import { rowName } from './rowName';

const f = formatsOf('en-GB');
const around = { company: 'Acme', period: '1 Nov 2025 – 29 Nov 2025', say: (_: string, text: string) => text };
const text = (...names: string[]): Column[] => names.map((name) => ({ name, type: 'text' }));
const sessions: Column = { name: 'Sessions', type: 'integer' };

test.each([
  [
    'of a day and channel',
    [...text('Period', 'Platform'), sessions],
    ['2025-11-03', 'sms', 7],
    'Acme · 3 Nov 2025 · sms',
  ],
  ['of a month', [...text('Month'), sessions], ['2025-11', 7], 'Acme · November 2025'],
  [
    'of one of several tenants',
    [...text('Tenant ID', 'Company Name', 'Period'), sessions],
    ['bolt', 'Bolt Inc.', '2025-11-03', 7],
    'Bolt Inc. · 3 Nov 2025',
  ],
  [
    'that is a room',
    [...text('Room', 'RoomName'), sessions],
    ['r1', 'Desk', 7],
    'Acme · r1 · Desk · 1 Nov 2025 – 29 Nov 2025',
  ],
  ['of numbers alone', [sessions], [7], 'Acme · 1 Nov 2025 – 29 Nov 2025'],
  [
    'that lacks a name',
    [...text('Room', 'RoomName'), sessions],
    ['r1', null, 7],
    'Acme · r1 · 1 Nov 2025 – 29 Nov 2025',
  ],
])('a row %s', (_, columns, row, name) => {
  expect(rowName(columns as Column[], row as (string | number | null)[], around, f)).toBe(name);
});

test('a row is named by its cells as they are shown', () => {
  const say = (column: string, cell: string) => (column === 'Platform' && cell === 'All' ? 'Alle' : cell);
  expect(rowName([...text('Period', 'Platform'), sessions], ['2025-11', 'All', 7], { ...around, say }, f)).toBe(
    'Acme · November 2025 · Alle',
  );
});
