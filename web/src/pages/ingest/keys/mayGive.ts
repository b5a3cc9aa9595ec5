import { may } from '../../../session/may';
import type { Who } from '../../../session/session';
import type { Scope } from './keys';

/** Whether somebody may give a scope to a key: nobody gives what they lack. */
export function mayGive(who: Who, scope: Scope): boolean {
  switch (scope) {
    case 'ingest':
      return may(who, 'ADD', 'INGEST');
    case 'read':
      return may(who, 'VIEW', 'REPORTS');
    case 'quarantine':
      return (['VIEW', 'EDIT', 'REMOVE'] as const).every((action) => may(who, action, 'INGEST'));
    case 'attributes':
      return may(who, 'EDIT', 'TENANTS') && !(who.tenant && !who.reach.all && who.reach.tenants === 1);
  }
}
