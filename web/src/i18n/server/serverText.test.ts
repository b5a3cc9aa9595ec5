import { expect, test } from 'vitest';
import { germanText } from './german/german';
import { englishText, textOf } from './serverText';

const { said, report, role } = germanText;

test.each([
  ['outside the period', 'außerhalb des Zeitraums'],
  ['there is no tenant "acme"', 'es gibt keinen Mandanten „acme“'],
  ['there is no report "acme"', 'es gibt keinen Bericht „acme“'],
  [
    'there is no run of 2025-03-31T06:30:00Z of schedule "s1"',
    'es gibt keinen Lauf von 2025-03-31T06:30:00Z des Zeitplans „s1“',
  ],
  ['this needs the permission EDIT of EXPORT_REPORTS', 'dafür brauchen Sie das Recht „Berichte: Ändern“'],
  ['the password has 3 characters, and needs 12', 'das Passwort hat 3 Zeichen und braucht 12'],
  ['a text is expected, not the number 5', 'erwartet wird ein Text, nicht die Zahl 5'],
  [
    "not valid JSON: 'x' at byte 3, where a value was expected",
    'kein gültiges JSON: „x“ bei Byte 3, wo ein Wert erwartet wurde',
  ],
  ['limit is 0, and must be 1 or more', 'limit ist 0 und muss 1 oder mehr sein'],
  [
    'role "Super Administrator" is in use: members who have it: 2',
    'die Rolle „Hauptadministration“ wird benutzt: Mitglieder, die sie haben: 2',
  ],
  [
    'role "Billing" is in use: members who have it: 2',
    'die Rolle „Billing“ wird benutzt: Mitglieder, die sie haben: 2',
  ],
])('%s is in German: %s', (english, german) => {
  expect(said(english)).toBe(german);
});

test('two sentences in one text are both in German', () => {
  expect(said('something went wrong on the server; its log says what')).toBe(
    'auf dem Server ging etwas schief; sein Protokoll sagt, was',
  );
});

test('sentences in a sentence are in German, and the words of another server stay', () => {
  expect(said('No message was sent: mail is not set up; make room, and try again')).toBe(
    'Es wurde keine E-Mail gesendet: E-Mail ist nicht eingerichtet; schaffen Sie Platz, und versuchen Sie es noch einmal',
  );
  expect(said('No message was sent: 550 no such user')).toBe('Es wurde keine E-Mail gesendet: 550 no such user');
});

test('the path before a sentence stays', () => {
  expect(said('data.message_id: the required field is missing')).toBe('data.message_id: das Pflichtfeld fehlt');
  expect(said('tenants[0]: there is no tenant "x"; sign in')).toBe(
    'tenants[0]: es gibt keinen Mandanten „x“; melden Sie sich an',
  );
  expect(said('time: second 60 is not accepted; events have no leap seconds')).toBe(
    'time: die Sekunde 60 wird nicht angenommen; Ereignisse haben keine Schaltsekunden',
  );
  expect(said('tenants[0]: somebody says so')).toBe('tenants[0]: somebody says so');
});

test('what has no German stays whole as it came', () => {
  for (const text of [
    '',
    'toString',
    'a word of somebody',
    'something went wrong on the server; nobody knows',
    'there is no unicorn "x"',
  ])
    expect(said(text)).toBe(text);
  expect(said('"x" is not an e-mail address: the moon is full')).toBe('"x" is not an e-mail address: the moon is full');
});

test('of the sentences that fit, the one that says most is taken', () => {
  const sentences = { 'no {what}': 'kein {what}', 'no {what} in {place}': 'in {place} kein {what}' };
  const text = textOf({ reports: [], definitions: {}, cells: {}, roles: {}, sentences, values: {} });
  expect(text.said('no salt in the sea')).toBe('in the sea kein salt');
  expect(text.said('no (salt) [x] $1')).toBe('kein (salt) [x] $1');
});

test('a built-in report is in German, and somebody’s own in their words, also where they are the same', () => {
  const built = report('session-usage');
  expect([built.text('Bot sessions consumed'), built.label('by-bot'), built.cell('Period', 'Total')]).toEqual([
    'Genutzte Bot-Sitzungen',
    'Nach Bot',
    'Summe',
  ]);
  expect([built.cell('Channel', 'Support'), built.cell('Bot', 'Total')]).toEqual(['Support', 'Total']);
  const own = report('ticket-ratings');
  expect([own.text('Channel'), own.label('by-bot'), own.cell('Period', 'Total')]).toEqual([
    'Channel',
    'By bot',
    'Total',
  ]);
});

test('a role that comes with the program is in German, and one that is only called so is not', () => {
  expect(role({ system: true }, 'Auditor')).toBe('Revision');
  expect(role({ system: false }, 'Auditor')).toBe('Auditor');
});

test('who reads English reads what the server says', () => {
  expect(englishText.said('outside the period')).toBe('outside the period');
  expect(englishText.report('session-usage').label('open_limit')).toBe('Open limit');
});
