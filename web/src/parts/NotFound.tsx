import { Anchor } from '@mantine/core';
import { IconMapPinOff } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useWords } from '../i18n/words';
import { State } from './State';
import { partWords } from './words';

/** No page has this address. */
export function NotFound() {
  const t = useWords(partWords);
  return (
    <State icon={IconMapPinOff} title={t.notFound} hint={t.notFoundHint}>
      <Anchor component={Link} to="/" size="sm">
        {t.toStart}
      </Anchor>
    </State>
  );
}
