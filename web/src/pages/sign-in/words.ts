import { words } from '../../i18n/words';

export const signInWords = words({
  en: {
    title: 'Sign in',
    forgotten: 'Forgot your password?',
    forgottenTitle: 'Choose a new password',
    forgottenAbout: 'Enter your e-mail. If it belongs to a member, a link to choose a new password is on its way.',
    send: 'Send the link',
    sent: 'If the e-mail belongs to a member, a link is on its way. It may take a minute.',
    back: 'Back to sign-in',
  },
  de: {
    title: 'Anmelden',
    forgotten: 'Passwort vergessen?',
    forgottenTitle: 'Neues Passwort wählen',
    forgottenAbout:
      'Geben Sie Ihre E-Mail an. Gehört sie einem Mitglied, geht ein Link zu einem neuen Passwort dorthin.',
    send: 'Link senden',
    sent: 'Gehört die E-Mail einem Mitglied, ist ein Link unterwegs. Das kann eine Minute dauern.',
    back: 'Zurück zur Anmeldung',
  },
});
