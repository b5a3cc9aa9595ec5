import { Anchor } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useWords } from '../i18n/words';
import { partWords } from './words';

/** The way back from where there is nothing. */
export function ToStart() {
  const t = useWords(partWords);
  return (
    <Anchor component={Link} to="/" size="sm">
      {t.toStart}
    </Anchor>
  );
}
