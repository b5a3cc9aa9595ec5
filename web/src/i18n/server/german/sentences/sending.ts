/** What is wrong with a schedule, a run, or with sending what was made. */
export const sending: Record<string, string> = {
  'the schedule has no start date': 'der Zeitplan hat kein Startdatum',
  'give the first date on which it may run': 'geben Sie den ersten Tag an, an dem er laufen darf',
  '{n} is no hour of the day': '{n} ist keine Stunde des Tages',
  'give 0 to 23': 'geben Sie 0 bis 23 an',
  '{n} is no minute of the hour': '{n} ist keine Minute der Stunde',
  'give 0 to 59': 'geben Sie 0 bis 59 an',
  'every {n} hours does not give every day the same times': 'alle {n} Stunden ergibt nicht jeden Tag dieselben Zeiten',
  'give 1, 2, 3, 4, 6, 8, 12 or 24': 'geben Sie 1, 2, 3, 4, 6, 8, 12 oder 24 an',
  'every {n} {grain}s is not offered': 'alle {n} {grain} gibt es nicht',
  'every {n} months is not offered': 'alle {n} Monate gibt es nicht',
  'give 1': 'geben Sie 1 an',
  'give 1 to 12': 'geben Sie 1 bis 12 an',
  'day {n} is not offered': 'den Tag {n} gibt es nicht',
  'give 1 to 28, or the last day': 'geben Sie 1 bis 28 an, oder den letzten Tag',
  'the schedule has no days of the week': 'der Zeitplan hat keine Wochentage',
  'choose at least one': 'wählen Sie mindestens einen',
  "a schedule can't have a custom period: every run would be the same":
    'ein Zeitplan kann keinen eigenen Zeitraum haben: Jeder Lauf wäre gleich',
  'choose a period that moves, such as {period}': 'wählen Sie einen Zeitraum, der mitläuft, zum Beispiel „{period}“',
  'an export has no previous run': 'ein einzelner Bericht hat keinen vorigen Lauf',
  'choose a preset, or give both ends': 'wählen Sie einen Zeitraum aus der Liste, oder geben Sie beide Enden an',
  "a run can't wait for {n} seconds": 'ein Lauf kann nicht {n} Sekunden warten',
  'choose 0 to {n}': 'wählen Sie 0 bis {n}',
  'missed runs can\'t be made by "{way}"': 'versäumte Läufe lassen sich nicht nach „{way}“ nachholen',
  'somebody has changed "{name}" meanwhile': 'jemand hat „{name}“ inzwischen geändert',
  'look at what it is now, and change that': 'sehen Sie nach, wie es jetzt ist, und ändern Sie das',
  'it may have been deleted meanwhile': 'vielleicht wurde er inzwischen gelöscht',
  'a run of "{name}" is being made': 'ein Lauf von „{name}“ wird gerade erstellt',
  'wait until it has ended, or cancel it': 'warten Sie, bis er zu Ende ist, oder brechen Sie ihn ab',
  'the owner of "{name}", {owner}, can\'t sign in any more':
    'der Eigentümer von „{name}“, {owner}, kann sich nicht mehr anmelden',
  'let a member of its tenant enable it, and become its owner':
    'lassen Sie ihn von einem Mitglied des Mandanten einschalten, das damit Eigentümer wird',
  '"{name}" has not reported what was since {time}: is it to be in the next report?':
    '„{name}“ hat nicht berichtet, was seit {time} war: Soll es in den nächsten Bericht?',
  'say report_pause: true, or false to leave it out': 'wählen Sie, ob es hinein soll oder nicht',
  'the run of {time} is {state}, and not skipped':
    'der Lauf von {time} hat den Zustand „{state}“ und wurde nicht ausgelassen',
  'leave out the time to make the latest period again':
    'lassen Sie die Zeit weg, um den letzten Zeitraum noch einmal zu erstellen',

  '"{name}" can\'t be cancelled: it is {state}': '„{name}“ lässt sich nicht abbrechen: Zustand „{state}“',
  '"{name}" can\'t be tried again: it is {state}': '„{name}“ lässt sich nicht noch einmal versuchen: Zustand „{state}“',
  '"{name}" is running': '„{name}“ läuft',
  'cancel it first': 'brechen Sie ihn zuerst ab',
  'the file of "{name}" is not there any more': 'die Datei von „{name}“ ist nicht mehr da',
  'make it again': 'erstellen Sie sie noch einmal',
  'make the report again, or from its receipt': 'erstellen Sie den Bericht noch einmal, oder aus seinem Beleg',
  'the file of "{name}" was removed': 'die Datei von „{name}“ wurde entfernt',
  'make its period again by Run now': 'erstellen Sie den Zeitraum noch einmal mit „Jetzt ausführen“',
  'the delivery to {to} is {delivery}': 'die Sendung an {to} hat den Zustand „{delivery}“',
  'run "{name}" was cancelled': 'der Lauf „{name}“ wurde abgebrochen',
  'the server ends': 'der Server wird beendet',
  'its worker has stopped without a word, {n} times':
    'das Programm, das ihn erstellte, hörte {n}-mal ohne ein Wort auf',
  "its owner, {name}, can't sign in any more": 'der Eigentümer, {name}, kann sich nicht mehr anmelden',
  'its owner, {name}, can no longer see one of its tenants':
    'der Eigentümer, {name}, sieht einen der Mandanten nicht mehr',
  'let another member make it anew': 'lassen Sie ihn von einem anderen Mitglied neu anlegen',
  'the disk is full: {error}': 'die Festplatte ist voll: {error}',
  'make room, and try again': 'schaffen Sie Platz, und versuchen Sie es noch einmal',
  'the event store is at {position} of the journal, and the report waits for {goal}':
    'der Ereignisspeicher ist bei {position} des Journals, und der Bericht wartet auf {goal}',

  '{n} recipients are too many': '{n} Empfänger sind zu viele',
  '{to} is a recipient twice': '{to} ist zweimal Empfänger',
  'take it off the recipients, or enable it': 'nehmen Sie es aus den Empfängern, oder entsperren Sie es',
  "reports can't be sent to addresses of {domain}": 'Berichte können nicht an Adressen von {domain} gesendet werden',
  'choose a member, or ask for the domain to be allowed in the settings':
    'wählen Sie ein Mitglied, oder lassen Sie die Domain in den Einstellungen erlauben',
  '"{to}" is not an address that a webhook can have': '„{to}“ ist keine Adresse, die ein Webhook haben kann',
  'write it like https://example.org/reports': 'schreiben Sie sie wie https://example.org/reports',
  '"{to}" is not encrypted': '„{to}“ ist nicht verschlüsselt',
  'begin it with https://, or have the setting webhook_private turned on':
    'beginnen Sie sie mit https://, oder lassen Sie „Webhooks dürfen in private Netze führen“ einschalten',
  'nobody is reached by "{way}"': 'über „{way}“ wird niemand erreicht',
  'choose {one} or {other}': 'wählen Sie {one} oder {other}',
  "member {name} can't sign in any more": 'das Mitglied {name} kann sich nicht mehr anmelden',
  '{to} was taken off the recipients': '{to} wurde aus den Empfängern genommen',
  'the webhook {to} has no secret any more': 'der Webhook {to} hat kein Geheimnis mehr',
  '"{to}" is no address for webhooks: {cause}': '„{to}“ ist keine Adresse für Webhooks: {cause}',
  'the address leads into a private network, or to this machine':
    'die Adresse führt in ein privates Netz oder auf diese Maschine',
  'it has no valid host': 'sie hat keinen gültigen Host',
  '"{to}" is not a mail address that can be sent to: {cause}': 'an „{to}“ kann keine E-Mail gesendet werden: {cause}',

  'mail is not set up': 'E-Mail ist nicht eingerichtet',
  'give the server a mail server, in the settings or by --smtp':
    'geben Sie dem Server in den Einstellungen einen Mailserver',
  'the mail to {to} was not sent: {error}': 'die E-Mail an {to} wurde nicht gesendet: {error}',
  'the report goes by a link, and the server does not know its own address':
    'der Bericht geht als Link, und der Server kennt seine eigene Adresse nicht',
  'set public_url in the settings': 'stellen Sie in den Einstellungen die Adresse des Servers ein',
  'its schedule was removed': 'der Zeitplan wurde entfernt',
  'not sent: {cause}': 'nicht gesendet: {cause}',
  'not sent: its worker has stopped without a word, the last of {n} tries':
    'nicht gesendet: Das Programm, das sie sandte, hörte beim letzten von {n} Versuchen ohne ein Wort auf',
  'the connection broke: {error}': 'die Verbindung brach ab: {error}',
  'the connection broke before the mail was whole, so the server does not have it: {error}':
    'die Verbindung brach ab, bevor die E-Mail ganz war, der Server hat sie also nicht: {error}',
  'the connection broke before the server said whether it has taken the mail: {error}':
    'die Verbindung brach ab, bevor der Server sagte, ob er die E-Mail angenommen hat: {error}',
  'no answer within {time}': 'keine Antwort innerhalb von {time}',
  "{address} can't be reached: {error}": '{address} ist nicht erreichbar: {error}',
  'the server offers no STARTTLS, and mail is not sent without it':
    'der Server bietet kein STARTTLS an, und ohne wird keine E-Mail gesendet',
  'there is no way to sign in: the server offers {offered}, wanted is one of {ways}':
    'es gibt keine Art, sich anzumelden: Der Server bietet {offered} an, gewünscht ist eine von {ways}',
  "the report's file can't be read": 'die Datei des Berichts lässt sich nicht lesen',
  'No message was sent: {error}': 'Es wurde keine E-Mail gesendet: {error}',
  'No message was sent, though it may work later: {error}':
    'Es wurde keine E-Mail gesendet, später geht es vielleicht: {error}',
  'Nobody can know whether the message was sent; look whether it has come: {error}':
    'Niemand kann wissen, ob die E-Mail gesendet wurde; sehen Sie nach, ob sie kam: {error}',
  "this server can't send mail": 'dieser Server kann keine E-Mail senden',
  'start it with a mail server': 'starten Sie ihn mit einem Mailserver',
  'there is no mail server to send by': 'es gibt keinen Mailserver zum Senden',
  'name the mail server, such as smtp.example.com': 'nennen Sie den Mailserver, zum Beispiel smtp.example.com',
  "mails can't come from there: {error}": 'von dort können keine E-Mails kommen: {error}',
  'it has a line break or another control character': 'sie hat einen Zeilenumbruch oder ein anderes Steuerzeichen',
  'take it out': 'nehmen Sie es heraus',
  'it has no name and domain around an @': 'um das @ stehen nicht Name und Domain',
  'write it like ada@example.com': 'schreiben Sie sie wie ada@example.com',
  'the name before the @ is longer than 64 bytes': 'der Name vor dem @ ist länger als 64 Bytes',
  'look for another one': 'suchen Sie eine andere',
  'what is behind the @ is not the name of a domain': 'hinter dem @ steht nicht der Name einer Domain',
  'it is not one address': 'es ist nicht eine Adresse',
  '"{security}" is no way to encrypt mail': '„{security}“ ist keine Art, E-Mail zu verschlüsseln',
  '{n} is not a port': '{n} ist kein Port',
  'choose one of 1 to 65535; mail servers have 587, 465 or 25':
    'wählen Sie 1 bis 65535; Mailserver haben 587, 465 oder 25',
  'leave user and password out, or encrypt by starttls (smtp://) or tls (smtps://)':
    'lassen Sie Benutzer und Passwort weg, oder verschlüsseln Sie mit STARTTLS oder TLS',
  'this program does not know the way "{way}"': 'dieses Programm kennt den Weg „{way}“ nicht',
  'begin it with https://, so that nobody reads along': 'beginnen Sie sie mit https://, damit niemand mitliest',
  'take it out; requests are signed': 'nehmen Sie es heraus; Anfragen sind unterschrieben',
  'choose a host on the internet': 'wählen Sie einen Host im Internet',
  'the connection to {host} is not encrypted, and no user or password is sent over such a one':
    'die Verbindung zu {host} ist nicht verschlüsselt, und über eine solche werden kein Benutzer und Passwort gesendet',
  '"{way}" is no way to sign in at a mail server': '„{way}“ ist keine Art, sich bei einem Mailserver anzumelden',
  'not sent: its file was removed before it could be': 'nicht gesendet: Die Datei wurde vorher entfernt',
  'kept in the mailbox': 'im Postfach aufbewahrt',
  "kept in the mailbox, whose old messages can't be removed: {error}":
    'im Postfach aufbewahrt, dessen alte E-Mails sich nicht entfernen lassen: {error}',
  'the mailbox takes nothing: {error}': 'das Postfach nimmt nichts an: {error}',
  'broken off: {error}': 'abgebrochen: {error}',
  'not begun: {error}': 'nicht begonnen: {error}',
  '{code} {status}: the address leads to another one, {to}, and redirects are not followed; give the other address':
    '{code} {status}: Die Adresse führt zu einer anderen, {to}, und Weiterleitungen wird nicht gefolgt; geben Sie die andere an',
  'it is too long, or has a control character': 'sie ist zu lang oder hat ein Steuerzeichen',
  'write it like https://example.com/hooks/tallystick': 'schreiben Sie sie wie https://example.com/hooks/tallystick',
  'it is not a whole URL': 'sie ist keine ganze URL',
  'it has a name or password in it': 'sie enthält einen Namen oder ein Passwort',
  'choose one of 1 to 65535, or none': 'wählen Sie 1 bis 65535, oder keinen',
  "the webhook's secret is none": 'das Geheimnis des Webhooks ist keines',
  "the name before the @ may have letters, digits, single dots inside, and !#$%&'*+-/=?^_`{|}~":
    "der Name vor dem @ darf Buchstaben, Ziffern, einzelne Punkte im Inneren und !#$%&'*+-/=?^_`{|}~ haben",
};
