import { useWords } from '../i18n/words';
import { Confirm } from './Confirm';
import { leaving } from './unsaved';
import { partWords } from './words';

/** Asks whether what is entered is to be given up. */
export default function Leave() {
  const t = useWords(partWords);
  return (
    <Confirm
      opened
      title={t.leaveTitle}
      yes={t.leaveIt}
      no={t.stay}
      onYes={() => leaving.answer(true)}
      onNo={() => leaving.answer(false)}
    >
      {t.leaveText}
    </Confirm>
  );
}
