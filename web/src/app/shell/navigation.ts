import type { Icon } from '@tabler/icons-react';
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

/** The pages beside the dashboards, in the order of the navigation. Each page adds its own line, such as
 *  { to: '/members', label: 'members', icon: IconUsers, shown: (who) => may(who, 'VIEW', 'MEMBERS') } */
export const places: Place[] = [];
