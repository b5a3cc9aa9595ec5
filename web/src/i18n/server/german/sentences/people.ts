/** What is wrong with who somebody is, or what they may do: signing in, passwords, members, roles and keys. */
export const people: Record<string, string> = {
  'you are not signed in': 'Sie sind nicht angemeldet',
  'sign in again, or use a valid key': 'melden Sie sich neu an, oder benutzen Sie einen gültigen Schlüssel',
  'sign in, or send a key: "Authorization: Bearer tsk_…"':
    'melden Sie sich an, oder senden Sie einen Schlüssel: „Authorization: Bearer tsk_…“',
  'e-mail or password is wrong': 'E-Mail oder Passwort ist falsch',
  'too many attempts': 'zu viele Versuche',
  'try again in {time}': 'versuchen Sie es in {time} noch einmal',
  'sign in': 'melden Sie sich an',
  'sign in again': 'melden Sie sich noch einmal an',
  'sign in once more': 'melden Sie sich noch einmal an',
  'this is for members, not for keys': 'das ist für Mitglieder, nicht für Schlüssel',
  'the request comes from a page of another site': 'die Anfrage kommt von einer fremden Seite',
  'use the pages of this server, or a key': 'benutzen Sie die Seiten dieses Servers, oder einen Schlüssel',
  'too many have forgotten their passwords at once': 'zu viele haben auf einmal ihr Passwort vergessen',
  'the account was linked just now': 'das Konto wurde gerade erst verknüpft',

  'the password {cause}': 'das Passwort {cause}',
  'is no text': 'ist kein Text',
  'has {n} characters, and needs {least}': 'hat {n} Zeichen und braucht {least}',
  'has {n} characters, and may have {most}': 'hat {n} Zeichen und darf {most} haben',
  'is a few characters and digits in a row': 'besteht aus wenigen Zeichen und Ziffern in Folge',
  'is the e-mail or the name of the one who has it': 'ist die E-Mail oder der Name dessen, dem es gehört',
  'is one of those that are tried first': 'ist eines von denen, die zuerst versucht werden',
  "take a few words that don't belong together": 'nehmen Sie ein paar Wörter, die nicht zusammengehören',
  'the old password is wrong': 'das alte Passwort ist falsch',
  'only a member has a password': 'nur ein Mitglied hat ein Passwort',
  'you have no password here yet': 'Sie haben hier noch kein Passwort',
  'have a link sent by the sign-in page, to choose one':
    'lassen Sie sich von der Anmeldeseite einen Link senden, um eines zu wählen',
  'the password was changed by somebody else just now': 'das Passwort wurde gerade von jemand anderem geändert',
  'only a member has a name of its own to change': 'nur ein Mitglied hat einen eigenen Namen, der sich ändern lässt',

  'this link is not good, or no longer': 'dieser Link gilt nicht oder nicht mehr',
  'this link is not good': 'dieser Link gilt nicht',
  'ask for another one': 'bitten Sie um einen neuen',
  'ask whoever sent it for the report': 'bitten Sie den, der ihn geschickt hat, um den Bericht',
  'ask whoever sends the report to take you off': 'bitten Sie den, der den Bericht sendet, Sie herauszunehmen',
  'this link makes the first Super Administrator': 'dieser Link ist für die erste Hauptadministration',
  'give an e-mail and a name as well': 'geben Sie auch E-Mail und Namen an',
  'this link is for {email}': 'dieser Link ist für {email}',
  'give just a password': 'geben Sie nur ein Passwort an',
  'there is a Super Administrator already': 'es gibt schon eine Hauptadministration',
  'ask to be invited': 'bitten Sie um eine Einladung',
  'no mail can be sent yet': 'es kann noch keine E-Mail gesendet werden',
  'an administrator can make a link for the member': 'wer verwaltet, kann dem Mitglied einen Link erstellen',

  "the sign-in was cancelled, or the OpenID provider doesn't let that account in here":
    'die Anmeldung wurde abgebrochen, oder der OpenID-Anbieter lässt dieses Konto hier nicht zu',
  'you are not signed in at the OpenID provider': 'Sie sind beim OpenID-Anbieter nicht angemeldet',
  'you have not agreed that the OpenID provider tells who you are':
    'Sie haben nicht zugestimmt, dass der OpenID-Anbieter sagt, wer Sie sind',
  'the OpenID provider has a question that was not answered':
    'der OpenID-Anbieter hat eine Frage, die nicht beantwortet wurde',
  'no account was chosen at the OpenID provider': 'beim OpenID-Anbieter wurde kein Konto gewählt',
  'something went wrong at the OpenID provider': 'beim OpenID-Anbieter ging etwas schief',
  'the OpenID provider has no time right now': 'der OpenID-Anbieter hat gerade keine Zeit',
  "the OpenID provider doesn't answer": 'der OpenID-Anbieter antwortet nicht',
  'try again in a minute, or sign in with your password':
    'versuchen Sie es in einer Minute noch einmal, oder melden Sie sich mit Ihrem Passwort an',
  'signing in by OpenID Connect is not set up': 'die Anmeldung mit OpenID Connect ist nicht eingerichtet',
  'sign in with your password': 'melden Sie sich mit Ihrem Passwort an',
  "this server doesn't know its own address, which the OpenID provider has to lead back to":
    'dieser Server kennt seine eigene Adresse nicht, zu der der OpenID-Anbieter zurückführen muss',
  'an administrator sets public_url': 'wer verwaltet, stellt die Adresse des Servers ein',
  '"{address}" is no address of an OpenID provider that can be trusted':
    '„{address}“ ist keine Adresse eines OpenID-Anbieters, der man trauen kann',
  "an administrator finds the reason in the server's log": 'wer verwaltet, findet den Grund im Protokoll des Servers',
  'no member can sign in here by that account': 'kein Mitglied kann sich hier mit diesem Konto anmelden',
  'ask to be invited with its verified e-mail': 'bitten Sie um eine Einladung an seine bestätigte E-Mail',
  "the OpenID provider doesn't say the e-mail of that account":
    'der OpenID-Anbieter nennt die E-Mail dieses Kontos nicht',
  'enter an e-mail there, or ask an administrator to let this server see it':
    'tragen Sie dort eine E-Mail ein, oder bitten Sie darum, dass dieser Server sie sehen darf',
  'the OpenID provider has not verified the e-mail of that account':
    'der OpenID-Anbieter hat die E-Mail dieses Kontos nicht bestätigt',
  'verify it there, then sign in again': 'bestätigen Sie sie dort, und melden Sie sich dann noch einmal an',

  'this needs the permission {action} of {entity}': 'dafür brauchen Sie das Recht „{entity}: {action}“',
  'ask somebody who manages your roles': 'fragen Sie jemanden, der Ihre Rollen verwaltet',
  'this needs the permission {action} of {entity}, which no scope of a key holds':
    'dafür braucht es das Recht „{entity}: {action}“, das kein Schlüssel hat',
  'the key lacks the scope "{scope}"': 'dem Schlüssel fehlt das Recht „{scope}“',
  'use a key that has it': 'benutzen Sie einen, der es hat',
  'the key is unknown, expired or revoked': 'der Schlüssel ist unbekannt, abgelaufen oder widerrufen',
  'use one that is good; whoever may look at the keys sees which are':
    'benutzen Sie einen gültigen; wer die Schlüssel ansehen darf, sieht, welche es sind',
  'the key is for nothing': 'der Schlüssel darf nichts',
  'choose among {list}': 'wählen Sie aus {list}',
  "a key to describe one's own tenant can't be made":
    'ein Schlüssel, der den eigenen Mandanten beschreibt, lässt sich nicht erstellen',
  'ask your provider': 'fragen Sie Ihren Anbieter',
  'the key would have expired at {time}': 'der Schlüssel wäre {time} schon abgelaufen',
  'choose a time to come, or none': 'wählen Sie eine künftige Zeit, oder keine',

  '"{email}" is not an e-mail address: {cause}': '„{email}“ ist keine E-Mail-Adresse: {cause}',
  'it has no @': 'ihr fehlt das @',
  'it is too long': 'sie ist zu lang',
  'it has nothing before or after the @': 'vor oder nach dem @ steht nichts',
  'it has a character that is not allowed': 'sie hat ein Zeichen, das nicht erlaubt ist',
  "mail can't be sent to it": 'dorthin lässt sich keine E-Mail senden',
  'its domain is none': 'ihre Domain ist keine',
  'write it like name@example.org': 'schreiben Sie sie wie name@example.org',
  "{email} can't be used for a member here": '{email} lässt sich hier nicht für ein Mitglied benutzen',
  'use another address of that person': 'benutzen Sie eine andere Adresse dieser Person',
  'a member has no role': 'ein Mitglied hat keine Rolle',
  'give it at least one': 'geben Sie ihm mindestens eine',
  'a member of {whose} can\'t have the role "{role}"': 'ein Mitglied {whose} kann die Rolle „{role}“ nicht haben',
  'member {email} is disabled': 'das Mitglied {email} ist gesperrt',
  'enable it first': 'entsperren Sie es zuerst',
  'this is the last Super Administrator who can sign in':
    'das ist die letzte Hauptadministration, die sich anmelden kann',
  'make somebody else one first': 'geben Sie die Rolle zuerst jemand anderem',
  'you can\'t grant the role "{role}": you don\'t have its permission {action} of {entity}':
    'Sie können die Rolle „{role}“ nicht vergeben: Ihnen fehlt ihr Recht „{entity}: {action}“',
  'you can\'t grant the role "{role}": you don\'t manage all roles':
    'Sie können die Rolle „{role}“ nicht vergeben: Sie verwalten nicht alle Rollen',
  'you can\'t grant the role "{role}": you don\'t manage all the roles that it does':
    'Sie können die Rolle „{role}“ nicht vergeben: Sie verwalten nicht alle Rollen, die sie verwaltet',

  'role "{role}" is in use: members who have it: {n}':
    'die Rolle „{role}“ wird benutzt: Mitglieder, die sie haben: {n}',
  'take it from them first': 'nehmen Sie sie ihnen zuerst',
  'role "{role}" comes with the program and can\'t be changed':
    'die Rolle „{role}“ gehört zum Programm und lässt sich nicht ändern',
  'clone it and change the clone': 'kopieren Sie sie, und ändern Sie die Kopie',
  'you don\'t manage the role "{role}"': 'Sie verwalten die Rolle „{role}“ nicht',
  'ask somebody who does': 'fragen Sie jemanden, der es tut',
  "you can't grant {action} of {entity}, which you don't have":
    'Sie können „{entity}: {action}“ nicht geben, denn Sie haben es selbst nicht',
  "you can't grant the management of all roles, which you don't have":
    'Sie können die Verwaltung aller Rollen nicht geben, denn Sie haben sie selbst nicht',
  'members with this role can\'t reach members with the role "{role}"':
    'Mitglieder mit dieser Rolle erreichen keine Mitglieder mit der Rolle „{role}“',
  'a description of {n} characters is too long': 'eine Beschreibung von {n} Zeichen ist zu lang',
  'role "{name}" allows nothing': 'die Rolle „{name}“ erlaubt nichts',
  'give it a permission at least': 'geben Sie ihr mindestens ein Recht',
  "a tenant's role can't be for every tenant": 'die Rolle eines Mandanten kann nicht für jeden Mandanten sein',
  "a role for members of a tenant can't have {action} of {entity}":
    'eine Rolle für Mitglieder eines Mandanten kann „{entity}: {action}“ nicht haben',
  "that is the provider's alone": 'das hat der Anbieter allein',
  'there is a role "{name}" already': 'es gibt schon eine Rolle „{name}“',
  'choose another name': 'wählen Sie einen anderen Namen',
  'the name is empty': 'der Name ist leer',
  'a name of {n} characters is too long': 'ein Name von {n} Zeichen ist zu lang',
  'the name "{name}" has characters that can\'t be shown':
    'der Name „{name}“ hat Zeichen, die sich nicht zeigen lassen',
  'this answer belongs to another sign-in than the last one that was begun in this browser':
    'diese Antwort gehört zu einer anderen Anmeldung als der zuletzt in diesem Browser begonnenen',
  'the settings were changed during the sign-in': 'während der Anmeldung wurden die Einstellungen geändert',
  'this answer comes from another provider than the one that was asked':
    'diese Antwort kommt von einem anderen Anbieter als dem gefragten',
  "the OpenID provider's answer holds no code": 'die Antwort des OpenID-Anbieters enthält keinen Code',
  "the OpenID provider's answer belongs to another sign-in":
    'die Antwort des OpenID-Anbieters gehört zu einer anderen Anmeldung',
  "the OpenID provider doesn't know this sign-in, or no longer: {error}":
    'der OpenID-Anbieter kennt diese Anmeldung nicht oder nicht mehr: {error}',
  'this browser has begun no sign-in, or has finished it already':
    'dieser Browser hat keine Anmeldung begonnen, oder sie ist schon abgeschlossen',
  'the sign-in was begun at a server that has been started anew since':
    'die Anmeldung begann bei einem Server, der seitdem neu gestartet wurde',
  'the sign-in took longer than {n} minutes': 'die Anmeldung dauerte länger als {n} Minuten',
  'an administrator sets oidc_issuer to an address of https; http is for this machine only':
    'wer verwaltet, stellt als Aussteller eine Adresse mit https ein; http ist nur für diese Maschine',
};
