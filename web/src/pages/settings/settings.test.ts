import { expect, test } from 'vitest';
import { entered, grouped, type Setting } from './settings';

const setting = (name: string, value: unknown): Setting => ({
  name,
  kind: 'text',
  value,
  default: false,
  changed: null,
});

test('a setting that the page does not know is shown all the same', () => {
  const list = grouped([setting('smtp_host', ''), setting('brand_new', '')]);
  expect(list.map((g) => [g.group, g.settings.map((s) => s.name)])).toEqual([
    ['mail', ['smtp_host']],
    ['others', ['brand_new']],
  ]);
});

test('what is entered and taken back is no change', () => {
  const host = setting('smtp_host', 'a.example');
  const draft = entered({ smtp_port: 25 }, host, 'b.example');
  expect(draft).toEqual({ smtp_port: 25, smtp_host: 'b.example' });
  expect(entered(draft, host, 'a.example')).toEqual({ smtp_port: 25 });
});

test('lists are compared by what is in them', () => {
  const domains = setting('mail_domains', ['a.example']);
  expect(entered({}, domains, ['a.example'])).toEqual({});
  expect(entered({}, domains, [])).toEqual({ mail_domains: [] });
});
