import type { Schemas } from '../api/client';
import type { Language } from '../i18n/language';
import { words } from '../i18n/words';

/** What permissions are called: the areas that they are about, and what they allow there. */
export const permissionWords = words({
  en: {
    VIEW: 'View',
    ADD: 'Add',
    EDIT: 'Edit',
    REMOVE: 'Remove',
    ALL: 'All',
    TENANTS: 'Tenants',
    REPORTS: 'Dashboards',
    EXPORT_REPORTS: 'Reports',
    SCHEDULED_TASKS: 'Scheduled reports',
    ARCHIVES: 'Archive',
    ROLES: 'Roles',
    MEMBERS: 'Members',
    CHANNELS: 'Channels',
    INGEST: 'Ingest',
    SETTINGS: 'Settings',
    AUDIT_LOG: 'Audit log',
  },
  de: {
    VIEW: 'Sehen',
    ADD: 'Anlegen',
    EDIT: 'Ändern',
    REMOVE: 'Löschen',
    ALL: 'Alles',
    TENANTS: 'Mandanten',
    REPORTS: 'Dashboards',
    EXPORT_REPORTS: 'Berichte',
    SCHEDULED_TASKS: 'Geplante Berichte',
    ARCHIVES: 'Archiv',
    ROLES: 'Rollen',
    MEMBERS: 'Mitglieder',
    CHANNELS: 'Kanäle',
    INGEST: 'Eingang',
    SETTINGS: 'Einstellungen',
    AUDIT_LOG: 'Protokoll',
  },
});

/** A permission in words, such as “Scheduled reports: view”; undefined where there are none for it. */
export function permissionName({ entity, action }: Schemas['Permission'], language: Language): string | undefined {
  const names: Record<string, string> = permissionWords[language];
  const [area, allowed] = [names[entity], names[action]];
  return area && allowed && `${area}: ${allowed.toLowerCase()}`;
}
