import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shell } from '../../app/shell/route';

export const memberStates = ['active', 'invited', 'disabled'] as const;

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);

/** The address of the list: what is searched for. */
export interface MembersSearch {
  search?: string;
  tenant?: string;
  status?: (typeof memberStates)[number];
}

export const membersRoute = createRoute({
  getParentRoute: () => shell,
  path: '/members',
  validateSearch: (search: Record<string, unknown>): MembersSearch => ({
    search: text(search.search),
    tenant: text(search.tenant),
    status: memberStates.find((s) => s === search.status),
  }),
  component: lazyRouteComponent(() => import('./MembersPage'), 'MembersPage'),
});
