import { Button } from '@mantine/core';
import { IconAlertTriangle, IconLock, IconMapPinOff, IconPlugConnectedX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { ApiError } from '../api/error';
import { useLanguage } from '../i18n/language';
import { useServerText } from '../i18n/server/useServerText';
import { useWords } from '../i18n/words';
import { State } from './State';
import { told } from './told';
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
  const { language } = useLanguage();
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
  const { what, hint } = told(error, language, said);
  const both = [what, hint].filter(Boolean).join(' ');
  if (error.status === 403) {
    return (
      <State icon={IconLock} title={t.denied} hint={both || t.deniedHint}>
        {children}
      </State>
    );
  }
  if (error.status === 404) {
    return (
      <State icon={IconMapPinOff} title={t.notFound} hint={both || t.notFoundHint}>
        {children}
      </State>
    );
  }
  return (
    <State icon={IconAlertTriangle} color="red" title={t.wentWrong} hint={both}>
      {again}
    </State>
  );
}
