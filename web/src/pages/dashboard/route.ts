import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { queries } from '../../api/queries';
import { shell } from '../../app/shell/route';
import { reportQuery } from '../../reports/definitions';
import { type Question, questionOf } from '../../reports/question';

/** The address of a dashboard: what is asked, and the number that is open. */
export interface DashboardSearch extends Question {
  /** TABLE,ROW,COLUMN */
  cell?: string;
  /** Beside each number that of the period before. */
  compare?: 'previous';
}

export const dashboardRoute = createRoute({
  getParentRoute: () => shell,
  path: '/dashboards/$report',
  validateSearch: (search: Record<string, unknown>): DashboardSearch => ({
    ...questionOf(search),
    compare: search.compare === 'previous' ? 'previous' : undefined,
    cell: typeof search.cell === 'string' ? search.cell : undefined,
  }),
  loader: ({ params }) => queries.ensureQueryData(reportQuery(params.report)),
  component: lazyRouteComponent(() => import('./DashboardPage'), 'DashboardPage'),
});
