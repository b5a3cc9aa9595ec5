import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { textOf } from '../../app/search';
import { shell } from '../../app/shell/route';
import { dayOf } from '../../i18n/dayOf';

export const ingestTabs = ['overview', 'keys', 'rejected'] as const;
export const spans = ['hour', 'day', 'week'] as const;

/** The address of the page: which part, of how long, and whose rejected events. */
export interface IngestSearch {
  tab?: (typeof ingestTabs)[number];
  last?: (typeof spans)[number];
  /** A tenant's id; missing: of the first that has any. */
  tenant?: string;
  /** Rejected events that came with keys of no tenant. */
  none?: 'true';
  /** A part of the reason, the source or the path. */
  search?: string;
  /** The type of the event. */
  type?: string;
  /** The first and the last date of receipt, on the reader's clock. */
  from?: string;
  to?: string;
}

export const ingestRoute = createRoute({
  getParentRoute: () => shell,
  path: '/ingest',
  validateSearch: (search: Record<string, unknown>): IngestSearch => ({
    tab: ingestTabs.find((x) => x === search.tab),
    last: spans.find((x) => x === search.last),
    tenant: textOf(search.tenant),
    none: search.none === 'true' ? 'true' : undefined,
    search: textOf(search.search),
    type: textOf(search.type),
    from: dayOf(textOf(search.from)),
    to: dayOf(textOf(search.to)),
  }),
  component: lazyRouteComponent(() => import('./IngestPage'), 'IngestPage'),
});
