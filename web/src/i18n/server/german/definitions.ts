/** The built-in reports. */
export const builtIn = [
  'billing-usage',
  'ingest-quality',
  'room-usage',
  'service-usage',
  'session-usage',
  'tenant-usage',
] as const;

/** The texts of their definitions, report by report. What several have stands with the first. */
export const definitions: Record<string, string> = {
  // billing-usage
  'Account statistics for billing': 'Kontostatistik zur Abrechnung',
  'Flows, concurrent agents and flows, clicks, phone numbers, call minutes and SMS of an account.':
    'Abläufe, gleichzeitige Agenten und Abläufe, Klicks, Rufnummern, Gesprächsminuten und SMS eines Kontos.',
  usage: 'Nutzung',
  'A row per figure, in the order of an invoice. Maximum and Average are of the peaks of each clock hour.':
    'Eine Zeile je Zahl, in der Reihenfolge einer Rechnung. Maximum und Durchschnitt sind die der Spitzen jeder Stunde.',
  Section: 'Abschnitt',
  Item: 'Posten',
  Measure: 'Messgröße',
  Value: 'Wert',
  minutes: 'Minuten',
  "How a call's length becomes minutes. exact as it is, per_call_up each call up to the next minute, six_second each up to the next six seconds.":
    'Wie aus der Länge eines Anrufs Minuten werden. „Genau“: wie sie ist. „Je Anruf aufgerundet“: auf die nächste Minute. „Sechs-Sekunden-Takt“: auf die nächsten sechs Sekunden.',
  exact: 'Genau',
  per_call_up: 'Je Anruf aufgerundet',
  six_second: 'Sechs-Sekunden-Takt',
  open_limit: 'Offen höchstens',
  'How long a session or flow that never ended counts as open.':
    'Wie lange eine Sitzung oder ein Ablauf ohne Ende als offen zählt.',
  none: 'Unbegrenzt',

  // ingest-quality
  'How events came in': 'Wie Ereignisse eingingen',
  'What was accepted, came twice, was rejected, or came late or without a time, by the day of its receipt and its source.':
    'Was angenommen wurde, doppelt kam, abgelehnt wurde, verspätet oder ohne Zeit kam, nach dem Tag des Eingangs und der Quelle.',
  sources: 'Quellen',
  'A row per day and source. The period is of times of receipt.':
    'Eine Zeile je Tag und Quelle. Der Zeitraum gilt für die Zeiten des Eingangs.',
  Date: 'Datum',
  Source: 'Quelle',
  Accepted: 'Angenommen',
  Duplicates: 'Doppelt',
  'Conflicting Duplicates': 'Doppelt und abweichend',
  Rejected: 'Abgelehnt',
  'Time Missing': 'Ohne Zeit',
  'Late Over an Hour': 'Über eine Stunde verspätet',
  'Late Over a Day': 'Über einen Tag verspätet',
  'Late Over 30 Days': 'Über 30 Tage verspätet',
  'With Unknown Fields': 'Mit unbekannten Feldern',
  rejections: 'Ablehnungen',
  'A row per day, source and broken rule.': 'Eine Zeile je Tag, Quelle und verletzter Regel.',
  Reason: 'Grund',
  source: 'Quelle',
  'events of these sources': 'Ereignisse dieser Quellen',

  // room-usage
  'Chat usage by room': 'Chat-Nutzung nach Raum',
  'Messages per room and user, of rooms with at least one message and one client in the period.':
    'Nachrichten je Raum und Nutzer, von Räumen mit mindestens einer Nachricht und einem Kunden im Zeitraum.',
  rooms: 'Räume',
  'A row per room and provisioned user, by Room, UserName and user id.':
    'Eine Zeile je Raum und eingerichtetem Nutzer, nach Raum, Nutzer und Nutzer-ID.',
  Room: 'Raum',
  RoomName: 'Name des Raums',
  UserName: 'Nutzer',
  Channel: 'Kanal',
  'Total Messages Received': 'Empfangene Nachrichten',
  'Total Messages Sent': 'Gesendete Nachrichten',
  governance: 'Verwaltung',
  'Which messages are considered, by the governance of their channel. Messages without a channel go with the governed ones.':
    'Welche Nachrichten zählen, nach der Verwaltung ihres Kanals. Nachrichten ohne Kanal gehören zu den verwalteten.',
  governed: 'Verwaltet',
  native: 'Nativ',
  all: 'Alle',
  received: 'Empfangen',
  'What a user receives. member is what clients sent while the user was a member of the room, room is all that they sent.':
    'Was ein Nutzer empfängt. „Als Mitglied“: was Kunden sandten, während der Nutzer Mitglied des Raums war. „Raum“: alles, was sie sandten.',
  member: 'Als Mitglied',
  room: 'Raum',
  relink: 'Neu verknüpft',
  'Messages through an identity that was re-linked to another contact are left out of what is received (exclude), or count like any other (attribute).':
    'Nachrichten über eine Identität, die mit einem anderen Kontakt neu verknüpft wurde, zählen beim Empfang nicht („Auslassen“) oder wie alle anderen („Zurechnen“).',
  exclude: 'Auslassen',
  attribute: 'Zurechnen',
  'rows of these rooms': 'Zeilen dieser Räume',
  user: 'Nutzer',
  'rows of these users': 'Zeilen dieser Nutzer',
  channel: 'Kanal',
  'messages on these channels': 'Nachrichten auf diesen Kanälen',
  platform: 'Plattform',
  'messages on channels of these platforms': 'Nachrichten auf Kanälen dieser Plattformen',

  // service-usage
  'Contacts, conversations, agents and channels': 'Kontakte, Gespräche, Agenten und Kanäle',
  'Unique monthly contacts, resolved conversations, active agents, connected channels and proactive messages.':
    'Verschiedene Kontakte im Monat, gelöste Gespräche, aktive Agenten, verbundene Kanäle und proaktive Nachrichten.',
  Platform: 'Plattform',
  'unique-contacts': 'Verschiedene Kontakte',
  'Different contacts with a message in the whole calendar month, for every month that the period touches. Merged contacts count once.':
    'Verschiedene Kontakte mit einer Nachricht im ganzen Kalendermonat, für jeden Monat, den der Zeitraum berührt. Zusammengeführte Kontakte zählen einmal.',
  Month: 'Monat',
  'Unique Contacts': 'Verschiedene Kontakte',
  'resolved-conversations': 'Gelöste Gespräche',
  'Different conversations, started by an inbound message, that were resolved after an answer.':
    'Verschiedene Gespräche, die mit einer eingehenden Nachricht begannen und nach einer Antwort gelöst wurden.',
  Period: 'Zeitraum',
  'Resolved Conversations': 'Gelöste Gespräche',
  'active-agents': 'Aktive Agenten',
  'Different users who sent an outbound message.': 'Verschiedene Nutzer, die eine ausgehende Nachricht sandten.',
  'Active Agents': 'Aktive Agenten',
  channels: 'Kanäle',
  'Production channels that were connected at some time of the period.':
    'Produktive Kanäle, die irgendwann im Zeitraum verbunden waren.',
  Channels: 'Kanäle',
  'proactive-messages': 'Proaktive Nachrichten',
  'Outbound messages that were marked proactive.': 'Ausgehende Nachrichten, die als proaktiv gekennzeichnet waren.',
  'Proactive Messages': 'Proaktive Nachrichten',
  every: 'Zeilen je',
  'The length of a period row. unique-contacts is by month whatever it says.':
    'Wie lang der Zeitraum einer Zeile ist. „Verschiedene Kontakte“ ist immer nach Monaten.',
  hour: 'Stunde',
  day: 'Tag',
  week: 'Woche',
  month: 'Monat',
  quarter: 'Quartal',
  year: 'Jahr',
  by: 'Gruppiert nach',
  'What the rows are grouped by. With channel the column Platform becomes Channel.':
    'Wonach die Zeilen gruppiert sind. Nach Kanal wird aus der Spalte Plattform die Spalte Kanal.',
  test_channels: 'Testkanäle',
  'Whether test and development channels, and what happens on them, are left out or counted.':
    'Ob Kanäle für Test und Entwicklung, und was auf ihnen geschieht, ausgelassen oder mitgezählt werden.',
  include: 'Mitzählen',
  'messages, conversations and channels of these channel ids': 'Nachrichten, Gespräche und Kanäle mit diesen Kanal-IDs',
  'messages, conversations and channels of these platforms': 'Nachrichten, Gespräche und Kanäle dieser Plattformen',

  // session-usage
  'Bot sessions consumed': 'Genutzte Bot-Sitzungen',
  'Sessions of contacts with bots. A session is the interactions of one contact within 24 hours of its first one.':
    'Sitzungen von Kontakten mit Bots. Eine Sitzung sind die Interaktionen eines Kontakts innerhalb von 24 Stunden ab der ersten.',
  summary: 'Überblick',
  'Sessions that started in the period, with the different tickets and conversations of their interactions.':
    'Sitzungen, die im Zeitraum begannen, mit den verschiedenen Tickets und Gesprächen ihrer Interaktionen.',
  Sessions: 'Sitzungen',
  Tickets: 'Tickets',
  Conversations: 'Gespräche',
  trend: 'Verlauf',
  'Sessions by the date on which they started.': 'Sitzungen nach dem Datum, an dem sie begannen.',
  'by-bot': 'Nach Bot',
  'Sessions with an interaction with the bot. A session can count for several bots.':
    'Sitzungen mit einer Interaktion mit dem Bot. Eine Sitzung kann bei mehreren Bots zählen.',
  Bot: 'Bot',
  'by-channel': 'Nach Kanal',
  'Sessions with an interaction on the channel. A session can count for several channels.':
    'Sitzungen mit einer Interaktion auf dem Kanal. Eine Sitzung kann bei mehreren Kanälen zählen.',
  'by-version': 'Nach Version',
  'Sessions with an interaction with that version of the bot.':
    'Sitzungen mit einer Interaktion mit dieser Version des Bots.',
  Version: 'Version',
  'by-month': 'Nach Monat',
  'Sessions by the month in which they started.': 'Sitzungen nach dem Monat, in dem sie begannen.',
  'ticket-trend': 'Verlauf der Tickets',
  'Different tickets of the sessions that started on the date.':
    'Verschiedene Tickets der Sitzungen, die an dem Datum begannen.',
  detail: 'Einzelheiten',
  'A row per session and conversation, by start, session id and conversation id.':
    'Eine Zeile je Sitzung und Gespräch, nach Beginn, Sitzungs-ID und Gesprächs-ID.',
  'Session ID': 'Sitzungs-ID',
  'Session start time': 'Beginn der Sitzung',
  Customer: 'Kunde',
  'Conversation ID': 'Gesprächs-ID',
  'Conversation created at': 'Gespräch begonnen',
  'Conversation updated': 'Gespräch geändert',
  'Bot name': 'Name des Bots',
  'Bot version': 'Version des Bots',
  'Ticket ID': 'Ticket-ID',
  bot: 'Bot',
  'bot ids': 'Bot-IDs',
  bot_version: 'Version des Bots',
  'versions of bots': 'Versionen von Bots',
  'channel ids': 'Kanal-IDs',
  'platforms of channels': 'Plattformen von Kanälen',
  contact: 'Kontakt',
  'contact ids': 'Kontakt-IDs',
  conversation: 'Gespräch',
  'conversation ids': 'Gesprächs-IDs',
  session: 'Sitzung',
  'session ids, given or computed': 'Sitzungs-IDs, mitgeteilt oder berechnet',
  ticket: 'Ticket',
  'ticket ids': 'Ticket-IDs',

  // tenant-usage
  'Tenants, users and credits': 'Mandanten, Nutzer und Guthaben',
  "A provider's tenants with their users, entitlements and credits.":
    'Die Mandanten eines Anbieters mit ihren Nutzern, Kontingenten und Guthaben.',
  tenants: 'Mandanten',
  'A row per tenant whose first event is before the end of the period, by Company Name and Tenant ID.':
    'Eine Zeile je Mandant, dessen erstes Ereignis vor dem Ende des Zeitraums liegt, nach Firma und Mandanten-ID.',
  'Tenant ID': 'Mandanten-ID',
  'Company Name': 'Firma',
  Hostname: 'Hostname',
  'Contract Mode': 'Vertragsart',
  'Period Start': 'Beginn des Zeitraums',
  'Period End': 'Ende des Zeitraums',
  Users: 'Nutzer',
  'Active Users': 'Aktive Nutzer',
  'Inactive Users': 'Inaktive Nutzer',
  'User Entitlements': 'Nutzerkontingent',
  'User Entitlements Remaining': 'Restliches Nutzerkontingent',
  'SMS Credits Used': 'Verbrauchtes SMS-Guthaben',
  'Voice Credits Used': 'Verbrauchtes Sprachguthaben',
  'SMS/Voice Credits Used': 'Verbrauchtes SMS- und Sprachguthaben',
  'SMS/Voice Credits Allotted': 'Zugeteiltes SMS- und Sprachguthaben',
  'SMS/Voice Credits Remaining': 'Restliches SMS- und Sprachguthaben',
};
