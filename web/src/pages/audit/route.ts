import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { textOf, textsOf } from '../../app/search';
import { shell } from '../../app/shell/route';
import { dayOf } from '../../i18n/dayOf';

/** The address of the log: what is looked for, and its page. */
export interface AuditSearch {
  /** The id of a member or key. */
  actor?: string;
  /** An action; with a point at its end all that begin so. */
  action?: string;
  object_kind?: string;
  object_id?: string;
  /** The first and the last date, on the reader's clock. What is no date is passed over. */
  from?: string;
  to?: string;
  /** The places behind which the pages until this one begin. */
  after?: string[];
}

export const auditRoute = createRoute({
  getParentRoute: () => shell,
  path: '/audit-log',
  validateSearch: (search: Record<string, unknown>): AuditSearch => ({
    actor: textOf(search.actor),
    action: textOf(search.action),
    object_kind: textOf(search.object_kind),
    object_id: textOf(search.object_id),
    from: dayOf(textOf(search.from)),
    to: dayOf(textOf(search.to)),
    after: textsOf(search.after),
  }),
  component: lazyRouteComponent(() => import('./AuditPage'), 'AuditPage'),
});
