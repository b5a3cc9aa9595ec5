import { IconLock } from '@tabler/icons-react';
import { useWords } from '../i18n/words';
import { State } from './State';
import { partWords } from './words';

/** A page that somebody's roles don't open. */
export function Denied() {
  const t = useWords(partWords);
  return <State icon={IconLock} title={t.denied} hint={t.deniedHint} />;
}
