import { ingestWords } from '../../../pages/ingest/words';
import { rolesWords } from '../../../pages/roles/words';
import { deliveryWords } from '../../../runs/deliveryWords';
import { runWords } from '../../../runs/words';
import { cells } from './cells';
import { roles } from './roles';

const [role, run, delivery, key] = [rolesWords.de, runWords.de, deliveryWords.de, ingestWords.de];

/** Else the word stays as it is: it is somebody's own, or the letter of JSON. */
const else_ = { '{any}': '{any}' };

/** Words of the server that stand in holes of sentences. */
export const values: Record<string, Record<string, string>> = {
  role: { ...roles, ...else_ },
  section: { ...cells.Section, ...else_ },
  action: { VIEW: role.VIEW, ADD: role.ADD, EDIT: role.EDIT, REMOVE: role.REMOVE, ALL: role.ALL },
  entity: {
    TENANTS: role.TENANTS,
    REPORTS: role.REPORTS,
    EXPORT_REPORTS: role.EXPORT_REPORTS,
    SCHEDULED_TASKS: role.SCHEDULED_TASKS,
    ARCHIVES: role.ARCHIVES,
    ROLES: role.ROLES,
    MEMBERS: role.MEMBERS,
    CHANNELS: role.CHANNELS,
    INGEST: role.INGEST,
    SETTINGS: role.SETTINGS,
    AUDIT_LOG: role.AUDIT_LOG,
  },
  scope: { ingest: key.ingest, read: key.read, quarantine: key.quarantine, attributes: key.attributes },
  state: {
    queued: run.queued,
    running: run.running,
    done: run.done,
    failed: run.failed,
    cancelled: run.cancelled,
    skipped: run.skipped,
  },
  delivery: {
    pending: delivery.pending,
    sending: delivery.sending,
    sent: delivery.sent,
    failed: delivery.failed,
    unknown: delivery.unknown,
  },
  period: {
    'since-previous-run': run['since-previous-run'],
    'last-7-days': run['last-7-days'],
    'last-30-days': run['last-30-days'],
    'this-month': run['this-month'],
    'this-year': run['this-year'],
    'last-month': run['last-month'],
    'last-3-months': run['last-3-months'],
    'previous-day': run['previous-day'],
    'previous-week': run['previous-week'],
    'previous-month': run['previous-month'],
    'previous-quarter': run['previous-quarter'],
  },
  by: { 'The mailbox': 'Das Postfach', ...else_ },
  private: {
    'the address leads into a private network, or to this machine':
      'Die Adresse führt in ein privates Netz oder auf diese Maschine',
  },
  grain: { hour: 'Stunden', day: 'Tage', week: 'Wochen' },
  thing: {
    tenant: 'keinen Mandanten',
    role: 'keine Rolle',
    run: 'keinen Lauf',
    'run of {time} of schedule': 'keinen Lauf von {time} des Zeitplans',
    'file of run': 'keine Datei des Laufs',
    session: 'keine Sitzung',
    schedule: 'keinen Zeitplan',
    key: 'keinen Schlüssel',
    member: 'kein Mitglied',
    delivery: 'keine Sendung',
    setting: 'keine Einstellung',
    parameter: 'keine Angabe',
    property: 'keine Angabe',
    scope: 'kein Recht',
  },
  owned: { role: 'die Rolle', member: 'das Mitglied', key: 'der Schlüssel' },
  whose: { 'the provider': 'des Dienstanbieters', 'tenant {id}': 'des Mandanten {id}' },
  holdings: {
    'tenants below it': 'Mandanten darunter',
    members: 'Mitglieder',
    roles: 'Rollen',
    schedules: 'Zeitpläne',
    keys: 'Schlüssel',
  },
  part: { option: 'keine Option', filter: 'keinen Filter' },
  demand: {
    'must be true or false': 'muss true oder false sein',
    'must be a number': 'muss eine Zahl sein',
    'must be a whole number': 'muss eine ganze Zahl sein',
    'must be a text': 'muss ein Text sein',
    'must be a list': 'muss eine Liste sein',
    'must be a JSON object': 'muss ein JSON-Objekt sein',
    'must be one of {list}': 'muss eines von {list} sein',
    'must be {n} or more': 'muss {n} oder mehr sein',
    'must be {n} or less': 'darf höchstens {n} sein',
    'must have {n} characters or more': 'muss mindestens {n} Zeichen haben',
    'must have {n} characters or less': 'darf höchstens {n} Zeichen haben',
    'must have {n} items or more': 'muss mindestens {n} Einträge haben',
    'must have {n} items or less': 'darf höchstens {n} Einträge haben',
    'must be a time in RFC 3339, such as 2025-03-31T06:30:00Z':
      'muss eine Zeit nach RFC 3339 sein, wie 2025-03-31T06:30:00Z',
  },
  kind: {
    'an object': 'ein Objekt',
    'an array': 'eine Liste',
    'the number {value}': 'die Zahl {value}',
    'the text {value}': 'der Text {value}',
    ...else_,
  },
  wanted: {
    'the end': 'das Ende',
    'a value': 'ein Wert',
    'a name in quotes': 'ein Name in Anführungszeichen',
    'a digit': 'eine Ziffer',
    'a hexadecimal digit': 'eine Hexadezimalziffer',
    'the rest of an escape': 'der Rest einer Escape-Folge',
    'one of {list}': 'eines von {list}',
    ...else_,
  },
};
