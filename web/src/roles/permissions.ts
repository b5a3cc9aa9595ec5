import type { Schemas } from '../api/client';
import { type Action, type Entity, may } from '../session/permission';
import type { Who } from '../session/session';

export type Role = Schemas['Role'];

/** What permissions are about, in the order of the server. */
export const entities: Entity[] = [
  'TENANTS',
  'REPORTS',
  'EXPORT_REPORTS',
  'SCHEDULED_TASKS',
  'ARCHIVES',
  'ROLES',
  'MEMBERS',
  'CHANNELS',
  'INGEST',
  'SETTINGS',
  'AUDIT_LOG',
];
export const actions: Action[] = ['VIEW', 'ADD', 'EDIT', 'REMOVE'];

/** One square of the grid, such as MEMBERS:EDIT. */
export type Square = `${Entity}:${Action}`;

export const squareOf = (entity: Entity, action: Action): Square => `${entity}:${action}`;

/** The squares that permissions fill; ALL fills a row. */
export function squaresOf(permissions: Schemas['Permission'][]): Set<Square> {
  const filled = new Set<Square>();
  for (const entity of entities) {
    for (const action of actions) {
      if (may({ permissions }, action, entity)) filled.add(squareOf(entity, action));
    }
  }
  return filled;
}

/** The permissions that fill these squares: a whole row is ALL. */
export function permissionsOf(squares: ReadonlySet<Square>): Schemas['Permission'][] {
  return entities.flatMap((entity) => {
    const filled = actions.filter((action) => squares.has(squareOf(entity, action)));
    if (filled.length === actions.length) return [{ entity, action: 'ALL' }];
    return filled.map((action) => ({ entity, action }));
  });
}

/** Whether a permission is the provider's alone: settings are the whole server's, and which tenants there are is for the provider to say. */
export function providerOnly(entity: Entity, action: Action): boolean {
  return entity === 'SETTINGS' || (entity === 'TENANTS' && (action === 'ADD' || action === 'REMOVE'));
}

/** Whether members of a tenant, "" the provider, can have a role. */
export function fits(role: Pick<Role, 'tenant' | 'for_tenants'>, tenant: string): boolean {
  return role.for_tenants ? tenant !== '' : role.tenant === tenant;
}

type Me = Pick<Who, 'manages_all' | 'manages' | 'permissions'>;

/** Whether somebody manages a role that they see. */
export function manages(who: Me, role: Pick<Role, 'id'>): boolean {
  return who.manages_all || who.manages.includes(role.id);
}

/** Whether somebody may give a role: they manage it, and have themselves all that it gives. */
export function mayGive(who: Me, role: Role): boolean {
  if (!manages(who, role)) return false;
  if (role.manage_all && !who.manages_all) return false;
  if (!who.manages_all && role.manages.some((id) => !who.manages.includes(id))) return false;
  const mine = squaresOf(who.permissions);
  return [...squaresOf(role.permissions)].every((square) => mine.has(square));
}
