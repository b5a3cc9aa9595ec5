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
    offTitle: 'That way to sign in is not set up',
    offHint: 'Sign in with your password.',
    againTitle: 'The sign-in could not be finished',
    againHint: 'It took too long, or was begun in another tab. Try once more.',
    cancelledTitle: 'You are not signed in',
    cancelledHint: 'The sign-in was cancelled, or your account may not be used here.',
    noMemberTitle: 'Nobody here has that account',
    noMemberHint: 'Ask an administrator to invite you with the e-mail of that account.',
    noEmailTitle: 'That account has no e-mail',
    noEmailHint: 'The first time you are known by it. Enter one there, or ask an administrator.',
    unverifiedTitle: 'The e-mail of that account is not verified',
    unverifiedHint: 'Verify it there, then sign in again.',
    providerTitle: 'That way to sign in does not work right now',
    providerHint:
      'Try again in a minute, or sign in with your password. An administrator finds the reason in the server’s log.',
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
    offTitle: 'Diese Art der Anmeldung ist nicht eingerichtet',
    offHint: 'Melden Sie sich mit Ihrem Passwort an.',
    againTitle: 'Die Anmeldung wurde nicht abgeschlossen',
    againHint: 'Sie hat zu lange gedauert oder wurde in einem anderen Tab begonnen. Versuchen Sie es noch einmal.',
    cancelledTitle: 'Sie sind nicht angemeldet',
    cancelledHint: 'Die Anmeldung wurde abgebrochen, oder Ihr Konto darf hier nicht benutzt werden.',
    noMemberTitle: 'Dieses Konto gehört hier niemandem',
    noMemberHint: 'Bitten Sie darum, mit der E-Mail dieses Kontos eingeladen zu werden.',
    noEmailTitle: 'Dieses Konto hat keine E-Mail',
    noEmailHint:
      'Beim ersten Mal werden Sie an ihr erkannt. Tragen Sie dort eine ein oder fragen Sie in der Verwaltung.',
    unverifiedTitle: 'Die E-Mail dieses Kontos ist nicht bestätigt',
    unverifiedHint: 'Bestätigen Sie sie dort und melden Sie sich dann noch einmal an.',
    providerTitle: 'Diese Art der Anmeldung geht gerade nicht',
    providerHint:
      'Versuchen Sie es in einer Minute noch einmal, oder melden Sie sich mit Ihrem Passwort an. Der Grund steht im Protokoll des Servers.',
  },
});
