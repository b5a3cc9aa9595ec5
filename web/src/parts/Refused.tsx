import { Alert } from '@mantine/core';
import { IconAlertCircle } from '@tabler/icons-react';
import { ApiError } from '../api/error';
import { useWords } from '../i18n/words';
import { sentence } from './Failed';
import { partWords } from './words';

/** Why a form was not taken, above its buttons. Nothing where there is no error. */
export function Refused({ error }: { error: unknown }) {
  const t = useWords(partWords);
  if (!error) return null;
  const known = error instanceof ApiError;
  const title = known && error.status === 0 ? t.unreachable : known ? sentence(error.detail) : t.wentWrong;
  const hint =
    known && error.status === 0 ? t.unreachableHint : known ? error.hint && sentence(error.hint) : String(error);
  return (
    <Alert role="alert" color="red" variant="light" icon={<IconAlertCircle size={18} />} title={title}>
      {hint}
    </Alert>
  );
}

/** What an error says of the field of a form at a path, or below it: what is wrong, and what to do. The server names fields by their path, such as roles[0]. */
export function refusalOf(error: unknown, ...paths: string[]): string | undefined {
  if (!(error instanceof ApiError) || !error.path) return undefined;
  const at = error.path;
  if (!paths.some((p) => at === p || at.startsWith(`${p}.`) || at.startsWith(`${p}[`))) return undefined;
  return [sentence(error.detail), error.hint ? sentence(error.hint) : ''].join(' ').trim();
}
