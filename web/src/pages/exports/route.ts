import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shell } from '../../app/shell/route';

export const exportStates = ['queued', 'running', 'done', 'failed', 'cancelled'] as const;

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
