import { useSyncExternalStore } from 'react';
import { languageNow, useLanguage } from '../language';
import { germanText } from './loaded';
import { englishText, type ServerText } from './serverText';

/** What the server says, in the language of the reader: reports, reasons, roles, and what went wrong. */
export function useServerText(): ServerText {
  const { language } = useLanguage();
  const german = useSyncExternalStore(germanText.subscribe, germanText.get);
  return (language === 'de' && german) || englishText;
}

/** The same for what is said outside of components. */
export function serverTextNow(): ServerText {
  return (languageNow() === 'de' && germanText.get()) || englishText;
}
