import { expect, test } from 'vitest';
import { parseSearch, stringifySearch } from './search';

test('an address is the same when it was read and written', () => {
  const text = '?tenant=a&tenant=b&zone=Europe/Berlin&where=room%3Dr+%26+1&cell=rooms,1,Total+Messages';
  expect(stringifySearch(parseSearch(text))).toBe(text);
});

test('what is not said is left out', () => {
  expect(stringifySearch({ a: undefined, b: '', c: [], d: ['x', ''], e: true })).toBe('?d=x&e=true');
  expect(stringifySearch({})).toBe('');
});

test('numbers stay texts', () => {
  expect(parseSearch('?tenant=007&on=true')).toEqual({ tenant: '007', on: 'true' });
});
