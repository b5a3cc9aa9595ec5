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

/** The part of an error that belongs below one field of a form: the server names fields by their path. */
export function refusalOf(error: unknown, path: string): string | undefined {
  return error instanceof ApiError && error.path === path ? sentence(error.detail) : undefined;
}
