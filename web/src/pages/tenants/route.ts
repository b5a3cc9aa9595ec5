import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { textsOf } from '../../app/search';
import { shell } from '../../app/shell/route';

/** The address of the list: its filter, and its page. */
export interface TenantsSearch {
  /** FIELD:OPERATOR:VALUE each */
  filter?: string[];
  /** The places behind which the pages until this one begin. */
  after?: string[];
}

export const tenantsRoute = createRoute({
  getParentRoute: () => shell,
  path: '/tenants',
  validateSearch: (search: Record<string, unknown>): TenantsSearch => ({
    filter: textsOf(search.filter),
    after: textsOf(search.after),
  }),
  component: lazyRouteComponent(() => import('./TenantsPage'), 'TenantsPage'),
});
