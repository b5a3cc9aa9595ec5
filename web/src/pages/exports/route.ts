import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shell } from '../../app/shell/route';
import { exportStates } from './exports';

/** The address of the list: what is searched for. */
export interface ExportsSearch {
  search?: string;
  state?: (typeof exportStates)[number];
}

export const exportsRoute = createRoute({
  getParentRoute: () => shell,
  path: '/exports',
  validateSearch: (search: Record<string, unknown>): ExportsSearch => ({
    search: typeof search.search === 'string' ? search.search : undefined,
    state: exportStates.find((s) => s === search.state),
  }),
  component: lazyRouteComponent(() => import('./ExportsPage'), 'ExportsPage'),
});
