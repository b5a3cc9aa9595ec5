import type { ApiError } from '../api/error';
import type { Language } from '../i18n/language';
import type { ServerText } from '../i18n/server/serverText';
import { permissionName } from '../roles/permissionWords';
import { sentence } from './sentence';
import { partWords } from './words';

/** What is wrong and what to do, as sentences: of a permission in the words of the roles, else in those of the server. */
export function told(error: ApiError, language: Language, said: ServerText['said']): { what: string; hint: string } {
  const needed = error.needs && permissionName(error.needs, language);
  const t = partWords[language];
  if (needed) return { what: t.needs(needed), hint: t.deniedHint };
  return { what: sentence(said(error.detail)), hint: sentence(said(error.hint ?? '')) };
}
