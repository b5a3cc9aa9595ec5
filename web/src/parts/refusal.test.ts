import { expect, test } from 'vitest';
import { ApiError } from '../api/error';
import { refusalOf } from './Refused';

const refused = new ApiError({ status: 422, detail: 'there is no role "x"', hint: 'choose another', path: 'roles[0]' });

test('an error of one value of a field stands below the field, with what to do', () => {
  expect(refusalOf(refused, 'roles')).toBe('There is no role "x". Choose another.');
  expect(refusalOf(refused, 'roles[0]')).toBe('There is no role "x". Choose another.');
});

test('it does not stand below others', () => {
  expect(refusalOf(refused, 'role', 'roles[1]', 'name')).toBeUndefined();
  expect(refusalOf(new Error('roles[0]'), 'roles')).toBeUndefined();
});
