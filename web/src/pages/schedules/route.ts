import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shell } from '../../app/shell/route';
import { type JobSearch, jobSearchOf } from '../../runs/jobSearch';

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);

/** The address of the list: what is searched for. */
export interface SchedulesSearch {
  search?: string;
  /** Only those that belong to this tenant. */
  tenant?: string;
  /** Only one's own. */
  mine?: 'true';
}

export const schedulesRoute = createRoute({
  getParentRoute: () => shell,
  path: '/schedules',
  validateSearch: (search: Record<string, unknown>): SchedulesSearch => ({
    search: text(search.search),
    tenant: text(search.tenant),
    mine: search.mine === 'true' ? 'true' : undefined,
  }),
  component: lazyRouteComponent(() => import('./SchedulesPage'), 'SchedulesPage'),
});

/** Which of the two steps of the form is shown; the browser's Back leads from the second to the first. */
export interface StepSearch {
  step?: '2';
}

const stepOf = (search: Record<string, unknown>): StepSearch => ({ step: search.step === '2' ? '2' : undefined });

export const scheduleNewRoute = createRoute({
  getParentRoute: () => shell,
  path: '/schedules/new',
  validateSearch: (search: Record<string, unknown>): JobSearch & StepSearch => ({
    ...jobSearchOf(search),
    ...stepOf(search),
  }),
  component: lazyRouteComponent(() => import('./NewSchedulePage'), 'NewSchedulePage'),
});

export const scheduleEditRoute = createRoute({
  getParentRoute: () => shell,
  path: '/schedules/$id/edit',
  validateSearch: stepOf,
  component: lazyRouteComponent(() => import('./EditSchedulePage'), 'EditSchedulePage'),
});

export const scheduleRoute = createRoute({
  getParentRoute: () => shell,
  path: '/schedules/$id',
  component: lazyRouteComponent(() => import('./HistoryPage'), 'HistoryPage'),
});
