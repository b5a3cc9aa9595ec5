import type { Who } from './session';

/** What permissions are about; the entities of the server. */
export type Entity =
  | 'TENANTS'
  | 'REPORTS'
  | 'EXPORT_REPORTS'
  | 'SCHEDULED_TASKS'
  | 'ARCHIVES'
  | 'ROLES'
  | 'MEMBERS'
  | 'CHANNELS'
  | 'INGEST'
  | 'SETTINGS'
  | 'AUDIT_LOG';
export type Action = 'VIEW' | 'ADD' | 'EDIT' | 'REMOVE';

/** Whether somebody may do that. The server decides; this is for not offering what it would refuse. */
export function may(who: Pick<Who, 'permissions'>, action: Action, entity: Entity): boolean {
  return who.permissions.some((p) => p.entity === entity && (p.action === action || p.action === 'ALL'));
}
