import type { Schemas } from '../../api/client';
import { type auditWords, causeName, kindName } from './words';

type Entry = Pick<Schemas['AuditEntry'], 'actor' | 'before' | 'after' | 'object_kind' | 'object_id'>;

/** Who did it, as they were called then. What somebody out of reach did is told without who it was. */
export function whoOf({ actor }: Entry, t: (typeof auditWords)['en']): string {
  switch (actor.kind) {
    case '':
      return t.outOfReach;
    case 'system':
      return t.system(causeName(actor.name, t));
    case 'nobody':
      return actor.name ? t.somebody(actor.name) : t.nobody;
    case 'key':
      return t.key(actor.name || actor.id);
    default:
      return actor.name || actor.id;
  }
}

/** What it was about: by its name where the entry has one, else by its kind and id. */
export function objectOf(e: Entry, t: (typeof auditWords)['en']): string {
  for (const value of [e.after, e.before]) {
    if (typeof value !== 'object' || value === null) continue;
    const { name, email } = value as { name?: unknown; email?: unknown }; // both are looked at
    for (const text of [name, email]) if (typeof text === 'string' && text !== '') return text;
  }
  const id = e.object_id.length > 24 ? `${e.object_id.slice(0, 12)}…` : e.object_id;
  return `${kindName(e.object_kind, t)} ${id}`.trim();
}
