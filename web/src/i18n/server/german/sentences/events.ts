/** What is wrong with an event, or with a file of them. */
export const events: Record<string, string> = {
  'an event of {n} bytes; the limit is {limit}': 'ein Ereignis von {n} Bytes; höchstens {limit} sind erlaubt',
  'an event is a JSON object, not {kind}': 'ein Ereignis ist ein JSON-Objekt, nicht {kind}',
  'not valid JSON: {cause}': 'kein gültiges JSON: {cause}',
  'it ends after {n} bytes, where {wanted} was expected': 'es endet nach {n} Bytes, wo {wanted} erwartet wurde',
  'byte 0x{byte} at {place}, where {wanted} was expected':
    'Byte 0x{byte} an Stelle {place}, wo {wanted} erwartet wurde',
  "'{text}' at byte {place}, where {wanted} was expected": '„{text}“ bei Byte {place}, wo {wanted} erwartet wurde',
  'byte 0x{byte} at {place} must be written as \\u{code} inside of a text':
    'Byte 0x{byte} an Stelle {place} muss in einem Text als \\u{code} geschrieben sein',
  'byte 0x{byte} at {place} is not UTF-8': 'Byte 0x{byte} an Stelle {place} ist kein UTF-8',
  '{text} at byte {place} is half of a surrogate pair and stands for no character':
    '{text} bei Byte {place} ist ein halbes Surrogatpaar und steht für kein Zeichen',
  'there are two members of the name {name}': 'es gibt zwei Felder namens {name}',
  'arrays and objects are nested deeper than {n} levels': 'Listen und Objekte sind tiefer als {n} Ebenen verschachtelt',
  '{version} is not a version of CloudEvents that is read here; 1.0 is':
    '{version} ist keine Version von CloudEvents, die hier gelesen wird; 1.0 wird gelesen',
  'unknown type {type}': 'unbekannte Art {type}',
  'correct it, declare it in a report of your own, or mend the one that does':
    'berichtigen Sie sie, oder vereinbaren Sie sie in einem eigenen Bericht',
  'data in base64 is not read': 'Daten in Base64 werden nicht gelesen',
  'give the data as a JSON object in the member data': 'geben Sie die Daten als JSON-Objekt im Feld data an',
  'a JSON object is expected, not {kind}': 'erwartet wird ein JSON-Objekt, nicht {kind}',
  'true or false is expected, not {kind}': 'erwartet wird true oder false, nicht {kind}',
  'a number is expected, not {kind}': 'erwartet wird eine Zahl, nicht {kind}',
  'a text is expected, not {kind}': 'erwartet wird ein Text, nicht {kind}',
  'an array of texts is expected, not {kind}': 'erwartet wird eine Liste von Texten, nicht {kind}',
  'the required attribute is missing': 'das Pflichtattribut fehlt',
  'the required attribute is empty': 'das Pflichtattribut ist leer',
  'the required field is missing': 'das Pflichtfeld fehlt',
  'the required field is empty': 'das Pflichtfeld ist leer',
  'the event is of the tenant {tenant}, but only events of {own} may come here':
    'das Ereignis ist vom Mandanten {tenant}, hier dürfen aber nur Ereignisse von {own} kommen',
  'leave the attribute away, or use a key for all tenants':
    'lassen Sie das Attribut weg, oder benutzen Sie einen Schlüssel für alle Mandanten',
  '"{time}" is more than {n} minutes ahead of the receiver\'s clock, which shows {clock}':
    '„{time}“ ist der Uhr des Empfängers, die {clock} zeigt, mehr als {n} Minuten voraus',
  "correct the sender's clock or zone": 'berichtigen Sie Uhr oder Zeitzone des Senders',
  'the id {id} is longer than {n} bytes': 'die ID {id} ist länger als {n} Bytes',
  '{type} needs the scope attributes, which the key does not have':
    '{type} braucht das Recht „Mandanten beschreiben“, das der Schlüssel nicht hat',
  '{number} is not a whole number': '{number} ist keine ganze Zahl',
  '{number} is out of range: a whole number from {low} to {high} is expected':
    '{number} liegt außerhalb des Bereichs: Erwartet wird eine ganze Zahl von {low} bis {high}',
  '{number} is out of range: a number of seconds from 0 to {high} is expected':
    '{number} liegt außerhalb des Bereichs: Erwartet wird eine Anzahl von Sekunden von 0 bis {high}',
  '{number} is out of range: a number of at most {high} with at most six decimals is expected':
    '{number} liegt außerhalb des Bereichs: Erwartet wird eine Zahl bis {high} mit höchstens sechs Nachkommastellen',
  '{number} is out of range: a number from {low} to {high} is expected':
    '{number} liegt außerhalb des Bereichs: Erwartet wird eine Zahl von {low} bis {high}',
  '{text} is not one of {list}': '{text} ist keines von {list}',
  '{date} is not a date that exists': '{date} ist kein Datum, das es gibt',
  'write YYYY-MM-DD': 'schreiben Sie JJJJ-MM-TT',
  '{zone} is not an IANA time zone': '{zone} ist keine Zeitzone der IANA',
  'write a name such as "Europe/Berlin"': 'schreiben Sie einen Namen wie „Europe/Berlin“',
  '{time} is not a time': '{time} ist keine Zeit',
  '"{time}" is not a time: {cause}': '„{time}“ ist keine Zeit: {cause}',
  'it is too short': 'sie ist zu kurz',
  'it does not look like 2006-01-02T15:04:05Z': 'sie sieht nicht aus wie 2006-01-02T15:04:05Z',
  'there is no such date': 'das Datum gibt es nicht',
  'there is no such time of day': 'die Uhrzeit gibt es nicht',
  'second 60 is not accepted; events have no leap seconds':
    'die Sekunde 60 wird nicht angenommen; Ereignisse haben keine Schaltsekunden',
  'there is no such second': 'die Sekunde gibt es nicht',
  'the point has no digits behind it': 'hinter dem Punkt stehen keine Ziffern',
  'there is no such offset': 'den Abstand zu UTC gibt es nicht',
  'it does not end in Z or an offset such as +01:00': 'sie endet nicht auf Z oder einen Abstand wie +01:00',
  'its year is not in 1970 to 2200': 'ihr Jahr liegt nicht in 1970 bis 2200',
  'write RFC 3339, such as "2025-03-01T09:30:00Z" or "2025-03-01T10:30:00+01:00"':
    'schreiben Sie RFC 3339, zum Beispiel „2025-03-01T09:30:00Z“ oder „2025-03-01T10:30:00+01:00“',
};
