import {
  type Icon,
  IconArrowsDownUp,
  IconBuilding,
  IconCalendarClock,
  IconFileAnalytics,
  IconHistory,
  IconMail,
  IconSettings,
  IconShield,
  IconUsers,
} from '@tabler/icons-react';
import { may } from '../../session/may';
import type { Who } from '../../session/session';
import type { shellWords } from './words';

/** A page that the navigation leads to, below the dashboards. */
export interface Place {
  to: string;
  label: keyof (typeof shellWords)['en'];
  icon: Icon;
  /** Who is shown the way. */
  shown: (who: Who) => boolean;
}

/** The pages beside the dashboards, in the order of the navigation. Each page adds its own line. */
export const places: Place[] = [
  { to: '/tenants', label: 'tenants', icon: IconBuilding, shown: (who) => who.can_list_tenants },
  { to: '/exports', label: 'exports', icon: IconFileAnalytics, shown: (who) => may(who, 'VIEW', 'EXPORT_REPORTS') },
  {
    to: '/schedules',
    label: 'schedules',
    icon: IconCalendarClock,
    shown: (who) => may(who, 'VIEW', 'SCHEDULED_TASKS'),
  },
  { to: '/members', label: 'members', icon: IconUsers, shown: (who) => may(who, 'VIEW', 'MEMBERS') },
  { to: '/roles', label: 'roles', icon: IconShield, shown: (who) => may(who, 'VIEW', 'ROLES') },
  { to: '/ingest', label: 'ingest', icon: IconArrowsDownUp, shown: (who) => may(who, 'VIEW', 'INGEST') },
  { to: '/audit-log', label: 'audit', icon: IconHistory, shown: (who) => may(who, 'VIEW', 'AUDIT_LOG') },
  { to: '/mailbox', label: 'mailbox', icon: IconMail, shown: (who) => who.mailbox },
  { to: '/settings', label: 'settings', icon: IconSettings, shown: (who) => may(who, 'VIEW', 'SETTINGS') },
];
