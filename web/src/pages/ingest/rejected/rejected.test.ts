import { expect, test } from 'vitest';
import { germanText } from '../../../i18n/server/german/german';
import { englishText } from '../../../i18n/server/serverText';
import { eventLink, laidOut, says } from './rejected';

test('JSON is laid out, and all else stays as it came', () => {
  expect(laidOut('{"a":[1]}')).toBe('{\n  "a": [\n    1\n  ]\n}');
  expect(laidOut('{"a":')).toBe('{"a":');
  expect(laidOut('{"id":12345678901234567890}')).toBe('{"id":12345678901234567890}');
});

test('the address of an event names its tenant', () => {
  expect(eventLink('a b', 'f00')).toBe('/api/v1/quarantine/f00?tenant=a+b');
  expect(eventLink('', 'f00')).toBe('/api/v1/quarantine/f00');
});

test('what is searched for may be in the reason, the path or the source, whatever the case', () => {
  const entry = {
    id: '',
    received: '',
    code: '',
    source: 'key:3',
    path: 'data.Kind',
    reason: 'Not valid',
    length: 1,
    whole: true,
  };
  expect(['not V', 'data.k', 'KEY'].every((text) => says(entry, text, englishText.said))).toBe(true);
  expect(says(entry, 'other', englishText.said)).toBe(false);
  expect(says({ ...entry, reason: 'the required field is missing' }, 'Pflichtfeld', germanText.said)).toBe(true);
});
