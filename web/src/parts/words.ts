import { words } from '../i18n/words';

/** Texts of the parts that every page has. */
export const partWords = words({
  en: {
    wentWrong: 'That did not work',
    unreachable: 'The server can’t be reached',
    unreachableHint: 'Check your connection, then try again.',
    tryAgain: 'Try again',
    denied: 'You may not see this',
    deniedHint: 'Ask an administrator for a role that allows it.',
    notFound: 'There is nothing here',
    notFoundHint: 'The address may be mistyped, or what it named is gone.',
    loading: 'Loading…',
    done: 'Done',
    copy: 'Copy',
    copied: 'Copied',
    close: 'Close',
    cancel: 'Cancel',
    toStart: 'To the start page',
  },
  de: {
    wentWrong: 'Das hat nicht geklappt',
    unreachable: 'Der Server ist nicht erreichbar',
    unreachableHint: 'Prüfen Sie Ihre Verbindung und versuchen Sie es noch einmal.',
    tryAgain: 'Noch einmal versuchen',
    denied: 'Das dürfen Sie nicht sehen',
    deniedHint: 'Bitten Sie eine Administratorin um eine Rolle, die es erlaubt.',
    notFound: 'Hier ist nichts',
    notFoundHint: 'Vielleicht ist die Adresse falsch geschrieben, oder was sie nannte, gibt es nicht mehr.',
    loading: 'Wird geladen …',
    done: 'Erledigt',
    copy: 'Kopieren',
    copied: 'Kopiert',
    close: 'Schließen',
    cancel: 'Abbrechen',
    toStart: 'Zur Startseite',
  },
});
