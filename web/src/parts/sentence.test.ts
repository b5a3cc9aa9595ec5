import { expect, test } from 'vitest';
import { sentence } from './sentence';

test.each([
  ['', ''],
  ['there is no such event', 'There is no such event.'],
  ['is it?', 'Is it?'],
  ['data.direction is missing', 'data.direction is missing.'],
  ['data[0].id is no text', 'data[0].id is no text.'],
])('%s on a page is %s', (text, said) => {
  expect(sentence(text)).toBe(said);
});
