import { expect, test } from 'vitest';
import type { Answer } from './answers';
import { seenValues } from './seenValues';

const answer = (names: string[], rows: (string | number | null)[][]) =>
  ({ table: { columns: names.map((name) => ({ name, type: 'text' })), rows } }) as unknown as Answer;

test('a filter has the values that the answers have, each once, as people order them', () => {
  const rooms = answer(
    ['Room', 'Channel'],
    [
      ['room-10', 'Chat'],
      ['room-9', 'Chat'],
      ['', 'Chat'],
      [null, 'Chat'],
    ],
  );
  const more = answer(
    ['Channel', 'Room'],
    [
      ['Chat', 'room-9'],
      ['Chat', 'room-1'],
    ],
  );
  expect(seenValues('room', [rooms, more], 'en')).toEqual(['room-1', 'room-9', 'room-10']);
});

test('sums are no values', () => {
  const sums = answer(
    ['Month', 'Platform'],
    [
      ['2025-11', 'sms'],
      ['2025-11', 'All'],
      ['Total', 'web'],
    ],
  );
  expect(seenValues('platform', [sums], 'en')).toEqual(['sms']);
});

test('names are not offered where a filter takes ids', () => {
  expect(seenValues('channel', [answer(['Channel'], [['WeChat desk']])], 'en')).toEqual([]);
});
