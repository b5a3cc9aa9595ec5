import { expect, test } from 'vitest';
import { fits, mayGive, permissionsOf, providerOnly, type Role, squaresOf } from './permissions';

const role: Role = {
  id: 'r1',
  tenant: 'acme',
  name: 'Billing',
  description: '',
  permissions: [
    { entity: 'EXPORT_REPORTS', action: 'ALL' },
    { entity: 'MEMBERS', action: 'VIEW' },
  ],
  manage_all: false,
  manages: ['r2'],
  for_tenants: false,
  system: false,
};

test('permissions are the same when they went through the grid', () => {
  expect(permissionsOf(squaresOf(role.permissions))).toEqual(role.permissions);
});

test('a row that is filled square by square is ALL', () => {
  const row = ['VIEW', 'ADD', 'EDIT', 'REMOVE'].map((action) => ({ entity: 'ROLES', action }));
  expect(permissionsOf(squaresOf(row))).toEqual([{ entity: 'ROLES', action: 'ALL' }]);
});

test('settings, and which tenants there are, are the provider’s alone', () => {
  expect([providerOnly('SETTINGS', 'VIEW'), providerOnly('TENANTS', 'ADD'), providerOnly('TENANTS', 'REMOVE')]).toEqual(
    [true, true, true],
  );
  expect([providerOnly('TENANTS', 'VIEW'), providerOnly('TENANTS', 'EDIT')]).toEqual([false, false]);
});

test('a role fits members of its tenant, or of every one', () => {
  expect([fits(role, 'acme'), fits(role, ''), fits(role, 'bolt')]).toEqual([true, false, false]);
  const all = { tenant: '', for_tenants: true };
  expect([fits(all, 'acme'), fits(all, '')]).toEqual([true, false]);
});

test('nobody gives what they lack', () => {
  const me = { manages_all: false, manages: ['r1', 'r2'], permissions: role.permissions };
  expect(mayGive(me, role)).toBe(true);
  expect(mayGive({ ...me, manages: ['r1'] }, role)).toBe(false);
  expect(mayGive({ ...me, manages: ['r2'] }, role)).toBe(false);
  expect(mayGive({ ...me, permissions: [{ entity: 'EXPORT_REPORTS', action: 'ALL' }] }, role)).toBe(false);
  expect(mayGive(me, { ...role, manage_all: true })).toBe(false);
});
