import { words } from '../i18n/words';

export const sessionWords = words({
  en: {
    email: 'E-mail',
    password: 'Password',
    signIn: 'Sign in',
    ended: 'Your session has ended',
    endedHint: 'Sign in again, and go on where you were. What you have entered is still here.',
    someoneElse: 'Someone else? Leave this page',
    or: 'or',
    continueWith: (name: string) => `Continue with ${name || 'your company account'}`,
    otherTab: 'It opens in another tab. Come back here afterwards.',
  },
  de: {
    email: 'E-Mail',
    password: 'Passwort',
    signIn: 'Anmelden',
    ended: 'Ihre Sitzung ist beendet',
    endedHint: 'Melden Sie sich wieder an und machen Sie weiter, wo Sie waren. Ihre Eingaben sind noch da.',
    someoneElse: 'Jemand anderes? Diese Seite verlassen',
    or: 'oder',
    continueWith: (name: string) => `Weiter mit ${name || 'Ihrem Firmenkonto'}`,
    otherTab: 'Es öffnet sich ein anderer Tab. Kommen Sie danach hierher zurück.',
  },
});
