import { expect, test } from 'vitest';
import { changesOf } from './entry';

test('of what is and was only what has changed is told', () => {
  expect(
    changesOf(
      { name: 'Ida', roles: ['auditor'], job: { zone: 'UTC' } },
      { name: 'Ida', roles: ['auditor', 'x'], job: {} },
    ),
  ).toEqual([
    { path: 'roles', before: 'auditor', after: 'auditor, x' },
    { path: 'job.zone', before: 'UTC', after: undefined },
  ]);
});

test('of what is new or gone all is told, but for what is empty', () => {
  expect(changesOf(undefined, { name: 'Ida', tenant: '', revoked: null, tags: [] })).toEqual([
    { path: 'name', before: undefined, after: 'Ida' },
  ]);
  expect(changesOf({ a: [{ b: 1 }, { b: 2 }] }, undefined).map((c) => c.path)).toEqual(['a[0].b', 'a[1].b']);
});

test('a value may be a single one, and false is one', () => {
  expect(changesOf('a.example', false)).toEqual([{ path: '', before: 'a.example', after: 'false' }]);
});

test('microseconds since 1970 are an instant', () => {
  expect(changesOf(undefined, { created: 1795916343763913 })[0]?.after).toBe('2026-11-29T01:39:03.763Z');
});
