import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shell } from '../../app/shell/route';

/** The address of the list: its filter, and its page. */
export interface TenantsSearch {
  /** FIELD:OPERATOR:VALUE each */
  filter?: string[];
  /** The page begins behind this place. */
  after?: string;
}

export const tenantsRoute = createRoute({
  getParentRoute: () => shell,
  path: '/tenants',
  validateSearch: (search: Record<string, unknown>): TenantsSearch => {
    const filter = [search.filter].flat().filter((v): v is string => typeof v === 'string' && v !== '');
    return {
      filter: filter.length > 0 ? filter : undefined,
      after: typeof search.after === 'string' ? search.after : undefined,
    };
  },
  component: lazyRouteComponent(() => import('./TenantsPage'), 'TenantsPage'),
});
