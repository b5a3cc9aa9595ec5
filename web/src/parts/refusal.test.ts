import { expect, test } from 'vitest';
import { ApiError } from '../api/error';
import { germanText } from '../i18n/server/german/german';
import { englishText } from '../i18n/server/serverText';
import { refusalOf } from './Refused';

const refused = new ApiError({
  status: 422,
  detail: 'there is no role "x"',
  hint: 'choose another name',
  path: 'roles[0]',
});

const { said } = englishText;

test('an error of one value of a field stands below the field, with what to do', () => {
  expect(refusalOf(refused, said, 'roles')).toBe('There is no role "x". Choose another name.');
  expect(refusalOf(refused, said, 'roles[0]')).toBe('There is no role "x". Choose another name.');
});

test('it does not stand below others', () => {
  expect(refusalOf(refused, said, 'role', 'roles[1]', 'name')).toBeUndefined();
  expect(refusalOf(new Error('roles[0]'), said, 'roles')).toBeUndefined();
});

test('who reads German reads it in German', () => {
  expect(refusalOf(refused, germanText.said, 'roles')).toBe('Es gibt keine Rolle „x“. Wählen Sie einen anderen Namen.');
});
