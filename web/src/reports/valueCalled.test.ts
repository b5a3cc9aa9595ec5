import { expect, test } from 'vitest';
import { germanText } from '../i18n/server/german/german';
import { englishText } from '../i18n/server/serverText';
import { valueCalled } from './valueCalled';

const limit = { name: 'open_limit', about: '', default: '24h', values: ['none'], length: true };
const [german, english] = [germanText, englishText].map((t) => t.report('billing-usage'));

test.each([
  [german, 'Unbegrenzt', 'none'],
  [german, 'none', 'none'],
  [german, '90m', '90m'],
  [english, 'none', 'none'],
  [english, 'Unbegrenzt', 'Unbegrenzt'],
])('what is chosen or typed is the value that the server knows', (text, typed, value) => {
  expect(text && valueCalled(typed, limit, text)).toBe(value);
});
