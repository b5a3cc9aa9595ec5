import { expect, test } from 'vitest';
import { wrapped } from './picture';

test('a text that is too long for one line goes on in the next, none of it lost', () => {
  expect(wrapped('one two three four', 9, (t) => t.length)).toEqual(['one two', 'three', 'four']);
  expect(wrapped('immeasurable word', 5, (t) => t.length)).toEqual(['immeasurable', 'word']);
});
