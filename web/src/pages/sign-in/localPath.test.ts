import { expect, test } from 'vitest';
import { localPath } from './localPath';

test.each([
  ['/', '/'],
  ['/dashboards/room-usage?tenant=a&where=room%3Dr1#x', '/dashboards/room-usage?tenant=a&where=room%3Dr1#x'],
  ['//evil.example', undefined],
  ['/\\evil.example', undefined],
  ['/\t/evil.example', undefined],
  ['https://evil.example/', undefined],
  ['javascript:alert(1)', undefined],
  ['', undefined],
  [undefined, undefined],
])('%s leads to %s', (text, path) => {
  expect(localPath(text)).toBe(path);
});
