import { Button } from '@mantine/core';
import { IconAlertTriangle, IconLock, IconMapPinOff, IconPlugConnectedX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { ApiError } from '../api/error';
import type { ServerText } from '../i18n/server/serverText';
import { useServerText } from '../i18n/server/useServerText';
import { useWords } from '../i18n/words';
import { State } from './State';
import { partWords } from './words';

interface Props {
  error: unknown;
  retry?: () => void;
  /** A way on where there is nothing, or nothing that may be seen. */
  children?: ReactNode;
}

/** Something could not be shown: why, in the server's words, and a way to try again where that may help. */
export function Failed({ error, retry, children }: Props) {
  const t = useWords(partWords);
  const { said } = useServerText();
  const again = retry && (
    <Button variant="default" size="sm" mt="xs" onClick={retry}>
      {t.tryAgain}
    </Button>
  );
  if (!(error instanceof ApiError)) {
    return (
      <State icon={IconAlertTriangle} color="red" title={t.wentWrong} hint={String(error)}>
        {again}
      </State>
    );
  }
  if (error.status === 0) {
    return (
      <State icon={IconPlugConnectedX} color="orange" title={t.unreachable} hint={t.unreachableHint}>
        {again}
      </State>
    );
  }
  const hint = problemText(error, said);
  if (error.status === 403) {
    return (
      <State icon={IconLock} title={t.denied} hint={hint || t.deniedHint}>
        {children}
      </State>
    );
  }
  if (error.status === 404) {
    return (
      <State icon={IconMapPinOff} title={t.notFound} hint={hint || t.notFoundHint}>
        {children}
      </State>
    );
  }
  return (
    <State icon={IconAlertTriangle} color="red" title={t.wentWrong} hint={hint}>
      {again}
    </State>
  );
}

/** What a refusal says is wrong, and what to do. */
export function problemText({ detail, hint }: ApiError, said: ServerText['said']): string {
  return [detail, hint ?? '']
    .map((text) => sentence(said(text)))
    .join(' ')
    .trim();
}

/** What the server says begins small and ends without a full stop; on a page it is a sentence. The path of a field, such as data.direction, stays as it is. */
export function sentence(text: string): string {
  if (text === '') return '';
  const path = /^\w+(\.\w|\[)/.test(text);
  return (path ? text : text.charAt(0).toUpperCase() + text.slice(1)) + (/[.!?]$/.test(text) ? '' : '.');
}
