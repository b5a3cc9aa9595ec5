/** What is wrong with a question for a report: whose, of when, and how. */
export const asking: Record<string, string> = {
  'there is no report "{name}"': 'es gibt keinen Bericht „{name}“',
  'the reports are {names}': 'die Berichte sind {names}',
  'the definition of report "{name}" can\'t be read: {why}':
    'die Definition des Berichts „{name}“ lässt sich nicht lesen: {why}',
  'whoever runs the server has to mend it; the list of reports tells the provider all that is wrong':
    'wer den Server betreibt, muss sie in Ordnung bringen; die Liste der Berichte sagt dem Anbieter, was falsch ist',
  'report {name} has no table "{table}"': 'der Bericht {name} hat keine Tabelle „{table}“',
  'its tables are {names}': 'seine Tabellen sind {names}',
  'table {table} has no row {n}': 'die Tabelle {table} hat keine Zeile {n}',
  'it has no rows': 'sie hat keine Zeilen',
  'it has one row, number 1': 'sie hat eine Zeile, Nummer 1',
  'it has {n} rows, numbered from 1': 'sie hat {n} Zeilen, von 1 an nummeriert',
  'table {table} has no column "{column}"': 'die Tabelle {table} hat keine Spalte „{column}“',
  'its columns are numbered from 1: {names}': 'ihre Spalten sind von 1 an nummeriert: {names}',
  'report {name} has no {part} "{text}"': 'der Bericht {name} hat {part} „{text}“',
  'it has none': 'er hat nichts davon',
  'it has {names}': 'er hat {names}',
  'the filter on {field} has no value': 'der Filter {field} hat keinen Wert',
  'the filter on {field} can\'t be "{value}"': 'der Filter {field} kann nicht „{value}“ sein',
  'option {option} of report {name} can\'t be "{value}"':
    'die Option {option} des Berichts {name} kann nicht „{value}“ sein',
  'it is one of {list}': 'möglich sind {list}',
  'it is a number': 'verlangt ist eine Zahl',
  '"{text}" is not a length': '„{text}“ ist keine Dauer',
  'write an integer with m, h or d behind it, such as 24h':
    'schreiben Sie eine ganze Zahl mit m, h oder d dahinter, zum Beispiel 24h',
  'report {name} is always in UTC, not in "{zone}"': 'der Bericht {name} ist immer in UTC, nicht in „{zone}“',
  'leave the zone out': 'lassen Sie die Zeitzone weg',
  'leave the position out': 'lassen Sie die Position weg',

  'the period has only one end': 'der Zeitraum hat nur ein Ende',
  'give both, or neither for the 30 dates that end today': 'geben Sie beide an, oder keines für die 30 Tage bis heute',
  'the period is empty: its first date, {first}, is after its last, {last}':
    'der Zeitraum ist leer: Sein erster Tag, {first}, liegt nach dem letzten, {last}',
  'the period is empty: it begins at {first} and ends at {last}':
    'der Zeitraum ist leer: Er beginnt {first} und endet {last}',
  'the beginning must be before the end': 'der Beginn muss vor dem Ende liegen',
  'the period is longer than 400 years: it begins at {first} and ends at {last}':
    'der Zeitraum ist länger als 400 Jahre: Er beginnt {first} und endet {last}',
  'events lie in the years 1970 to 2200': 'Ereignisse liegen in den Jahren 1970 bis 2200',
  'the period is given twice, as "{period}" and by its ends':
    'der Zeitraum ist doppelt angegeben, als „{period}“ und mit seinen Enden',
  'give one of them': 'geben Sie eines davon an',
  'the period is empty: "{period}" begins at {first}, and that is now':
    'der Zeitraum ist leer: „{period}“ beginnt {first}, und das ist jetzt',
  'ask later, or for a period that is over': 'fragen Sie später, oder nach einem Zeitraum, der vorbei ist',
  'the period has {n} hours, and can be split into {most} at most':
    'der Zeitraum hat {n} Stunden und lässt sich in höchstens {most} teilen',
  'choose a shorter period': 'wählen Sie einen kürzeren Zeitraum',
  'the period of {report} begins and ends at a quarter of an hour, not at {time}':
    'der Zeitraum von {report} beginnt und endet zu einer Viertelstunde, nicht {time}',
  'give dates, or instants such as 2025-03-01T06:15:00Z':
    'geben Sie Daten an, oder Zeitpunkte wie 2025-03-01T06:15:00Z',
  'there is no period "{text}"': 'es gibt keinen Zeitraum „{text}“',
  'choose one of {list}, or give both ends': 'wählen Sie einen von {list}, oder geben Sie beide Enden an',
  'the period {ends} has one end': 'der Zeitraum {ends} hat nur ein Ende',
  'give both {first} and {last}': 'geben Sie {first} und {last} an',
  '{first} and {last} exclude each other': '{first} und {last} schließen einander aus',
  'give the period in words, or both its ends': 'geben Sie den Zeitraum in Worten an, oder beide Enden',
  'a custom period has two ends': 'ein eigener Zeitraum hat zwei Enden',
  'give from and to': 'geben Sie „Von“ und „Bis“ an',
  'the period {period} has its own ends': 'der Zeitraum {period} hat seine eigenen Enden',
  'leave from and to out': 'lassen Sie „Von“ und „Bis“ weg',
  '"{text}" is a date and no moment': '„{text}“ ist ein Datum und kein Zeitpunkt',
  'write RFC 3339, such as 2025-03-31T06:30:00Z': 'schreiben Sie RFC 3339, zum Beispiel 2025-03-31T06:30:00Z',
  '"{text}" is neither a date nor an instant': '„{text}“ ist weder ein Datum noch ein Zeitpunkt',
  'write a date that exists, such as "2025-03-01", or RFC 3339, such as "2025-03-01T06:30:00Z"':
    'schreiben Sie ein Datum, das es gibt, wie „2025-03-01“, oder RFC 3339 wie „2025-03-01T06:30:00Z“',
  '"{text}" is not a date that exists': '„{text}“ ist kein Datum, das es gibt',
  '"{text}" is not a length of time to split a period into':
    '„{text}“ ist keine Länge, in die sich ein Zeitraum teilen lässt',
  'write hour, day, week, month, quarter or year': 'schreiben Sie hour, day, week, month, quarter oder year',
  'the zone is missing': 'die Zeitzone fehlt',
  '"{zone}" is not an IANA time zone': '„{zone}“ ist keine Zeitzone der IANA',
  'did you mean "{zone}"?': 'meinten Sie „{zone}“?',
  'name a place as the IANA database does, such as "Europe/Berlin" or "America/New_York", or write "UTC"':
    'nennen Sie einen Ort wie die Datenbank der IANA, zum Beispiel „Europe/Berlin“ oder „America/New_York“, oder schreiben Sie „UTC“',

  'whose report is not said': 'es ist nicht gesagt, wessen Bericht',
  'whose usage it is of is not said': 'es ist nicht gesagt, wessen Nutzung',
  'say whose: tenants, all_tenants or filter': 'wählen Sie Mandanten, alle Mandanten oder einen Filter',
  'the tenants are said in {n} ways': 'die Mandanten sind auf {n} Arten angegeben',
  'say it by one of tenants, all_tenants and filter':
    'wählen Sie eine davon: Mandanten, alle Mandanten oder einen Filter',
  '{n} tenants are too many to be named': '{n} Mandanten sind zu viele, um sie zu nennen',
  '{n} are the limit; use a filter': 'höchstens {n} sind erlaubt; benutzen Sie einen Filter',
  '{n} are the limit': 'höchstens {n} sind erlaubt',
  '{n} are allowed': '{n} sind erlaubt',
  'name tenants, say all_tenants, or give a filter':
    'nennen Sie Mandanten, wählen Sie alle, oder geben Sie einen Filter an',
  'tenants are said twice, by a filter and otherwise':
    'Mandanten sind doppelt angegeben, durch einen Filter und anders',
  '"{text}" is not a filter': '„{text}“ ist kein Filter',
  '{n} conditions are too many': '{n} Bedingungen sind zu viele',
  '{n} options are too many': '{n} Optionen sind zu viele',
  'the condition "{text}" has no value': 'die Bedingung „{text}“ hat keinen Wert',
  '"{text}" is too long or has control characters': '„{text}“ ist zu lang oder hat Steuerzeichen',
  'no report is named': 'es ist kein Bericht genannt',
  'choose one': 'wählen Sie einen',
  'there is no format "{format}"': 'es gibt kein Format „{format}“',
  'choose one of {list}': 'wählen Sie eines von {list}',
  '{format} holds one table, and these are {n}': '{format} fasst eine Tabelle, und es sind {n}',
  'choose a workbook, xlsx or xls, or a file for each table':
    'wählen Sie eine Arbeitsmappe, xlsx oder xls, oder eine Datei für jede Tabelle',
  '"{text}" is no delimiter': '„{text}“ ist kein Trennzeichen',
  'choose one of comma, pipe, semicolon, tab, or the character':
    'wählen Sie Komma, senkrechten Strich, Semikolon, Tabulator, oder das Zeichen',
  'a delimiter is of CSV, and "{format}" has none': 'ein Trennzeichen gehört zu CSV, und „{format}“ hat keines',
  'leave it out, or choose csv': 'lassen Sie es weg, oder wählen Sie CSV',
  'the report has more than {n} rows, and {format} is for no more':
    'der Bericht hat mehr als {n} Zeilen, und {format} fasst nicht mehr',
  'choose xlsx, csv or ndjson, a shorter period or a filter':
    'wählen Sie xlsx, csv oder ndjson, einen kürzeren Zeitraum oder einen Filter',
  'the report takes {n} bytes as XLS, and a file holds {most}':
    'der Bericht braucht als XLS {n} Bytes, und eine Datei fasst {most}',
  'choose xlsx, csv or ndjson': 'wählen Sie xlsx, csv oder ndjson',
  'table "{table}" has {n} columns, and {format} holds {most}':
    'die Tabelle „{table}“ hat {n} Spalten, und {format} fasst {most}',
  'choose csv, json or ndjson': 'wählen Sie csv, json oder ndjson',
  'the sum of {field} over {type} is too large': 'die Summe von {field} über {type} ist zu groß',

  'the report took too long': 'der Bericht dauerte zu lange',
  'ask for a shorter period, or for fewer tenants': 'wählen Sie einen kürzeren Zeitraum oder weniger Mandanten',
  '{n} reports are being made or wait already': 'es werden schon {n} Berichte erstellt oder warten darauf',
  'other reports are being made, and this one did not get its turn in {time}':
    'andere Berichte werden erstellt, und dieser kam in {time} nicht an die Reihe',
  'ask again in a moment': 'versuchen Sie es gleich noch einmal',
  'the event store is being made from the journal: it has {n} of {all} events':
    'der Ereignisspeicher entsteht aus dem Journal neu: Er hat {n} von {all} Ereignissen',
  'ask again when that is done; events are taken meanwhile':
    'versuchen Sie es noch einmal, wenn das fertig ist; Ereignisse werden inzwischen angenommen',
  'the event store is damaged and is made anew from the journal: {error}':
    'der Ereignisspeicher ist beschädigt und entsteht aus dem Journal neu: {error}',
  'ask again when that is done': 'versuchen Sie es noch einmal, wenn das fertig ist',
  'ask event store: {error}': 'Frage an den Ereignisspeicher: {error}',
  'ask for a shorter period, or give the event store more memory':
    'wählen Sie einen kürzeren Zeitraum, oder geben Sie dem Ereignisspeicher mehr Speicher',
  'the position {asked} is not applied yet: the event store is at {position}':
    'die Position {asked} ist noch nicht eingearbeitet: Der Ereignisspeicher ist bei {position}',
  'there is no position {position}': 'es gibt keine Position {position}',
  'the journal has no events yet': 'das Journal hat noch keine Ereignisse',
  'the journal goes from {log}-1 to {last}': 'das Journal geht von {log}-1 bis {last}',
  '"{text}" is not a position': '„{text}“ ist keine Position',
  'how events were answered is not known here': 'wie Ereignisse beantwortet wurden, ist hier nicht bekannt',
  '{tenant}: {section}: {n} without an end taken to end {time} after the start (option open_limit)':
    '{tenant}: {section}: {n} ohne Ende; gezählt bis {time} nach dem Beginn (Option „Offen höchstens“)',
  '{tenant}: {metric}: {n} without an end taken to end {time} after the start':
    '{tenant}: {metric}: {n} ohne Ende; gezählt bis {time} nach dem Beginn',
  'there are no events at all yet': 'es gibt noch gar keine Ereignisse',
  'report tenant-usage over all tenants lists those that there are':
    'der Bericht „Mandanten, Nutzer und Guthaben“ über alle Mandanten zeigt, welche es gibt',
  "report {name} is about everything that was received, and can't be made as of {position}":
    'der Bericht {name} ist über alles, was einging, und lässt sich nicht zum Stand {position} erstellen',
  'single times of receipt are not known here': 'einzelne Zeiten des Eingangs sind hier nicht bekannt',
  '{given} has no value': '{given} hat keinen Wert',
  'option {option} is given twice, as {one} and as {other}':
    'die Option {option} ist doppelt angegeben, als {one} und als {other}',
  'give it once': 'geben Sie sie einmal an',
  'write FIELD=VALUE': 'schreiben Sie FELD=WERT',
  'write FIELD:OPERATOR:VALUE, such as company_name:starts-with:Acme; /api/openapi.json lists fields and operators':
    'schreiben Sie FELD:BEDINGUNG:WERT, zum Beispiel company_name:starts-with:Acme',
  'table "{table}", column "{column}", {place}: a text of {n} characters, and a cell of {format} holds {most}':
    'Tabelle „{table}“, Spalte „{column}“, {place}: ein Text von {n} Zeichen, und eine Zelle von {format} fasst {most}',
};
