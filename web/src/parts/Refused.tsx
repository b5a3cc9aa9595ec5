import { Alert } from '@mantine/core';
import { IconAlertCircle } from '@tabler/icons-react';
import { ApiError } from '../api/error';
import type { ServerText } from '../i18n/server/serverText';
import { useServerText } from '../i18n/server/useServerText';
import { useWords } from '../i18n/words';
import { problemText, sentence } from './Failed';
import { partWords } from './words';

/** Why a form was not taken, above its buttons. Nothing where there is no error. */
export function Refused({ error }: { error: unknown }) {
  const t = useWords(partWords);
  const { said } = useServerText();
  if (!error) return null;
  const known = error instanceof ApiError;
  const title = known && error.status === 0 ? t.unreachable : known ? sentence(said(error.detail)) : t.wentWrong;
  const hint =
    known && error.status === 0 ? t.unreachableHint : known ? error.hint && sentence(said(error.hint)) : String(error);
  return (
    <Alert role="alert" color="red" variant="light" icon={<IconAlertCircle size={18} />} title={title}>
      {hint}
    </Alert>
  );
}

/** What an error says of the fields of a form: see {@link refusalOf}. */
export function useRefusal(error: unknown): (...paths: string[]) => string | undefined {
  const { said } = useServerText();
  return (...paths) => refusalOf(error, said, ...paths);
}

/** What an error says of the field of a form at a path, or below it: what is wrong, and what to do. The server names fields by their path, such as roles[0]. */
export function refusalOf(error: unknown, said: ServerText['said'], ...paths: string[]): string | undefined {
  if (!(error instanceof ApiError) || !error.path) return undefined;
  const at = error.path;
  if (!paths.some((p) => at === p || at.startsWith(`${p}.`) || at.startsWith(`${p}[`))) return undefined;
  return problemText(error, said);
}
