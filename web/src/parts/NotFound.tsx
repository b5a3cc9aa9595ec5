import { IconMapPinOff } from '@tabler/icons-react';
import { useWords } from '../i18n/words';
import { State } from './State';
import { ToStart } from './ToStart';
import { partWords } from './words';

/** No page has this address. */
export function NotFound() {
  const t = useWords(partWords);
  return (
    <State icon={IconMapPinOff} title={t.notFound} hint={t.notFoundHint}>
      <ToStart />
    </State>
  );
}
