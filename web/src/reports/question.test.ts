import { expect, test } from 'vitest';
import { parseSearch, stringifySearch } from '../app/search';
import { complete, questionOf, valuesOf, withValues } from './question';

const provider = { tenant: '', reach: { all: true, tenants: 0 } };
const tenant = { tenant: 'acme', reach: { all: false, tenants: 1 } };

test('a question is the same when it went through an address', () => {
  const text = '?tenant=a&tenant=b&from=2025-11-01&to=2025-11-30&zone=UTC&option=every%3Dweek&where=room%3Dr1';
  expect(stringifySearch({ ...questionOf(parseSearch(text)) })).toBe(text);
});

test('what contradicts itself is resolved one way', () => {
  expect(questionOf({ tenant: 'a', all_tenants: 'true', period: 'last-month', from: '2025-01-01' })).toEqual({
    tenant: ['a'],
    period: 'last-month',
  });
  expect(questionOf({ period: 'nonsense', tenant: ['', 'a'], cell: 'x,1,y' })).toEqual({ tenant: ['a'] });
});

test('an address without a question gets one', () => {
  expect(complete({}, provider, 'room-usage')).toEqual({ all_tenants: 'true', period: 'last-30-days' });
  expect(complete({}, tenant, 'billing-usage')).toEqual({ tenant: ['acme'], period: 'last-7-days' });
  expect(complete({ from: '2025-01-01' }, tenant, 'room-usage')).toEqual({ tenant: ['acme'], period: 'last-30-days' });
  expect(complete({ from: '2025-01-01', to: '2025-01-02' }, tenant, 'x')).toEqual({
    tenant: ['acme'],
    from: '2025-01-01',
    to: '2025-01-02',
  });
});

test('values of a name are changed and others stay', () => {
  const pairs = ['room=r1', 'room=r=2', 'user=u'];
  expect(valuesOf(pairs, 'room')).toEqual(['r1', 'r=2']);
  expect(withValues(pairs, 'room', ['r3'])).toEqual(['user=u', 'room=r3']);
  expect(withValues(['room=r1'], 'room', [])).toBeUndefined();
});
