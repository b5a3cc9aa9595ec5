import { words } from '../i18n/words';

export const sessionWords = words({
  en: {
    email: 'E-mail',
    password: 'Password',
    signIn: 'Sign in',
    ended: 'Your session has ended',
    endedHint: 'Sign in again, and go on where you were. What you have entered is still here.',
    someoneElse: 'Someone else? Leave this page',
  },
  de: {
    email: 'E-Mail',
    password: 'Passwort',
    signIn: 'Anmelden',
    ended: 'Ihre Sitzung ist beendet',
    endedHint: 'Melden Sie sich wieder an und machen Sie weiter, wo Sie waren. Ihre Eingaben sind noch da.',
    someoneElse: 'Jemand anderes? Diese Seite verlassen',
  },
});
