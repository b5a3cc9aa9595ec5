import { createRoute } from '@tanstack/react-router';
import { queries } from '../../api/queries';
import { shell } from '../../app/shell/route';
import { tableQuery } from '../../reports/answers';
import { reportQuery } from '../../reports/definitions';
import { isListing } from '../../reports/drawing';
import { complete, type Question, questionOf } from '../../reports/question';
import { sessionQuery } from '../../session/session';
import { DashboardPage } from './DashboardPage';
import { momentOf } from './moment';

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
  // The tables are asked for before the page is drawn. Who only comes near a link has asked for nothing yet.
  loader: async ({ params: { report }, location, cause, preload }) => {
    const definition = await queries.ensureQueryData(reportQuery(report));
    const who = await queries.ensureQueryData(sessionQuery);
    if (preload || cause !== 'enter' || !who) return {};
    const at = momentOf(report);
    const asked = { ...complete(questionOf(location.search), who, report), at };
    for (const { name, columns } of definition.tables ?? []) {
      if (!isListing(columns ?? [])) queries.prefetchQuery(tableQuery(report, name, asked));
    }
    return { at };
  },
  // Whoever comes back later asks at another moment.
  gcTime: 0,
  // Most who open the app open a dashboard, so that it comes with the app itself.
  component: DashboardPage,
});
