/** What is wrong with a request or the server as such: what there is not, settings, tenants, and what goes wrong by itself. */
export const server: Record<string, string> = {
  'something went wrong on the server': 'auf dem Server ging etwas schief',
  'its log says what': 'sein Protokoll sagt, was',
  'there is no {thing} "{id}"': 'es gibt {thing} „{id}“',
  'the property {name} is missing': 'die Angabe {name} fehlt',
  'there is no entry "{id}" in quarantine': 'es gibt kein abgelehntes Ereignis „{id}“',
  'there is no message "{id}" in the mailbox': 'es gibt keine E-Mail „{id}“ im Postfach',
  'it may have been too old to be kept; look at the list':
    'vielleicht war sie zu alt, um behalten zu werden; sehen Sie in die Liste',
  'this server has no mailbox': 'dieser Server hat kein Postfach',
  'start it with --mailbox DIR to keep mails in place of sending them':
    'starten Sie ihn mit --mailbox DIR, um E-Mails zu behalten, statt sie zu senden',
  'the mail has no HTML': 'die E-Mail hat kein HTML',
  'read its text': 'lesen Sie ihren Text',
  'this server has no files of reports': 'dieser Server hat keine Dateien von Berichten',
  'there is nothing at "{path}" for {method}': 'unter „{path}“ ist nichts für {method}',
  '/api/openapi.json describes what there is': '/api/openapi.json beschreibt, was es gibt',
  '"{place}" is not a place in a list': '„{place}“ ist keine Stelle in einer Liste',
  '"{place}" is not a place in this list': '„{place}“ ist keine Stelle in dieser Liste',
  '"{place}" is not a place in the audit log': '„{place}“ ist keine Stelle im Protokoll',
  '"{place}" is not a place in an explanation': '„{place}“ ist keine Stelle in einer Erklärung',
  'use next of the page before it': 'beginnen Sie die Liste neu',

  'the {owned} has no tenant': '{owned} hat keinen Mandanten',
  'name the tenant that it is for': 'nennen Sie den Mandanten, für den es ist',
  'the tenant has no id': 'der Mandant hat keine ID',
  "the id of a tenant can't have {n} bytes": 'die ID eines Mandanten kann nicht {n} Bytes haben',
  '"{id}" can\'t be the id of a tenant: it has control characters':
    '„{id}“ kann nicht die ID eines Mandanten sein: Sie hat Steuerzeichen',
  'tenant "{id}" would stand below itself': 'der Mandant „{id}“ stünde unter sich selbst',
  'choose one that is not below it': 'wählen Sie einen, der nicht darunter steht',
  'tenant "{id}" has {holdings}: {n}': 'der Mandant „{id}“ hat {holdings}: {n}',
  'remove or move them first': 'entfernen oder verschieben Sie sie zuerst',
  "one's own tenant can't be changed": 'der eigene Mandant lässt sich nicht ändern',
  'correct its name; one without events is put into the tree first, below the service provider':
    'berichtigen Sie seinen Namen; einer ohne Ereignisse wird zuerst unter dem Dienstanbieter eingeordnet',

  "{setting} can't be {value}: {cause}": '{setting} kann nicht {value} sein: {cause}',
  "{setting} can't be {value}": '{setting} kann nicht {value} sein',
  'choose a whole number, {low} to {high}': 'wählen Sie eine ganze Zahl, {low} bis {high}',
  'it is true or false': 'verlangt ist true oder false',
  'it is a list of texts': 'verlangt ist eine Liste von Texten',
  'it has what is no domain of mail': 'darin ist etwas, das keine Mail-Domain ist',
  'it has a text that is empty or too long': 'darin ist ein Text leer oder zu lang',
  'it is a text': 'verlangt ist ein Text',
  'it is too long, or of several lines': 'es ist zu lang oder mehrzeilig',
  'it is empty; null takes it away': 'es ist leer',
  'it is an address such as https://tallystick.example.org':
    'verlangt ist eine Adresse wie https://tallystick.example.org',
  'it is an e-mail address': 'verlangt ist eine E-Mail-Adresse',
  'the setting {setting} is set by {origin}': 'die Einstellung {setting} ist durch {origin} festgelegt',
  'change it there, and start the server again': 'ändern Sie es dort, und starten Sie den Server neu',
  'the secret key doesn\'t open "{setting}"': 'der geheime Schlüssel öffnet „{setting}“ nicht',
  'put back the secret.key that sealed it, or set it anew':
    'spielen Sie den secret.key zurück, mit dem es verschlossen wurde, oder setzen Sie es neu',
  'there is no secret key to keep secrets by': 'es gibt keinen geheimen Schlüssel, um Geheimnisse zu verwahren',
  'start the server with a secret.key': 'starten Sie den Server mit einem secret.key',

  'the control database does not answer': 'die Verwaltungsdatenbank antwortet nicht',
  'the control database does not answer: {error}': 'die Verwaltungsdatenbank antwortet nicht: {error}',
  'try again in a moment': 'versuchen Sie es gleich noch einmal',
  'the server is ending': 'der Server wird beendet',
  'try again when it is back': 'versuchen Sie es noch einmal, wenn er wieder da ist',
  'the journal is closed': 'das Journal ist geschlossen',
  'try again when the server is back': 'versuchen Sie es noch einmal, wenn der Server wieder da ist',
  'the disk of the journal is full: {error}': 'die Festplatte des Journals ist voll: {error}',
  'the engine is not open': 'der Ereignisspeicher ist nicht geöffnet',
  'the quarantine is closed': 'die Ablage abgelehnter Ereignisse ist geschlossen',
  'there were more than {n} requests in {seconds} seconds': 'es waren mehr als {n} Anfragen in {seconds} Sekunden',
  'wait as long as the header Retry-After says': 'warten Sie einen Augenblick',
  "{n} bytes of the server's disk are free, and {least} must stay free":
    'auf der Festplatte des Servers sind {n} Bytes frei, und {least} müssen frei bleiben',
  'the request with the idempotency key "{key}" is still being worked on': 'dieselbe Anfrage ist noch in Arbeit',
  'the body has more than {n} bytes': 'die Anfrage hat mehr als {n} Bytes',
  'the body is missing': 'die Anfrage hat keinen Inhalt',
  'the client has gone away': 'die Verbindung ist abgebrochen',
  '/api/openapi.json says what is expected': '/api/openapi.json sagt, was erwartet wird',
  'the idempotency key "{key}" was used for another request':
    'der Idempotenz-Schlüssel „{key}“ wurde für eine andere Anfrage benutzt',
  'take a new key': 'nehmen Sie einen neuen Schlüssel',
  '"{text}" is not a text: it has a byte that is zero or no UTF-8':
    '„{text}“ ist kein Text: Er hat ein Byte, das null oder kein UTF-8 ist',
  'the mail has no file {n}': 'die E-Mail hat keine Datei {n}',
  'this is not a mail: {error}': 'das ist keine E-Mail: {error}',
  'this is not a whole mail: {error}': 'das ist keine ganze E-Mail: {error}',
  "a page can't have {n} items": 'eine Seite kann nicht {n} Einträge haben',
  "a page can't have {n} events": 'eine Seite kann nicht {n} Ereignisse haben',
  'ask for 1 to {n}': 'wählen Sie 1 bis {n}',
  'there is no secret key to make links by': 'es gibt keinen geheimen Schlüssel, um Links zu erstellen',
  'reports are not given over {protocol}: an answer that breaks off would look whole':
    'über {protocol} werden keine Berichte gegeben: Eine Antwort, die abbricht, sähe ganz aus',
  'ask over HTTP/1.1; a proxy may have to be told to, such as nginx with proxy_http_version 1.1':
    'fragen Sie über HTTP/1.1; vielleicht muss man es einem Proxy sagen, zum Beispiel nginx mit proxy_http_version 1.1',
  'make room; nothing that was acknowledged is lost': 'schaffen Sie Platz; nichts, was bestätigt wurde, ist verloren',
  'make room and start the server again; nothing that was acknowledged is lost':
    'schaffen Sie Platz, und starten Sie den Server neu; nichts, was bestätigt wurde, ist verloren',
  "the journal can't be made durable: {error}": 'das Journal lässt sich nicht sichern: {error}',
  "the journal can't be written: {error}": 'das Journal lässt sich nicht schreiben: {error}',
  'check the disk and start the server again; nothing that was acknowledged is lost':
    'prüfen Sie die Festplatte, und starten Sie den Server neu; nichts, was bestätigt wurde, ist verloren',
  'check the disk, and start the server again; it will find out by itself what was written':
    'prüfen Sie die Festplatte, und starten Sie den Server neu; er findet selbst heraus, was geschrieben wurde',
  'there is no room on the disk of the quarantine: {error}':
    'auf der Festplatte der abgelehnten Ereignisse ist kein Platz: {error}',
  'make room on it': 'schaffen Sie dort Platz',
  'make room on it; nothing of the request was read': 'schaffen Sie dort Platz; von der Anfrage wurde nichts gelesen',
  'make room or mend the disk, and ask again':
    'schaffen Sie Platz oder bringen Sie die Festplatte in Ordnung, und versuchen Sie es noch einmal',
  'the event store takes no more records: {error}': 'der Ereignisspeicher nimmt nichts mehr an: {error}',
  '"{id}" is not the id of an entry': '„{id}“ ist nicht die ID eines Ereignisses',
};
