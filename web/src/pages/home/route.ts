import { createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { queries } from '../../api/queries';
import { shell } from '../../app/shell/route';
import { reportsQuery } from '../../reports/definitions';
import { may } from '../../session/may';
import { sessionQuery } from '../../session/session';

/** The start leads to the first dashboard, and greets whoever may see none. */
export const homeRoute = createRoute({
  getParentRoute: () => shell,
  path: '/',
  beforeLoad: async () => {
    const who = await queries.ensureQueryData(sessionQuery);
    if (!who || !may(who, 'VIEW', 'REPORTS')) return;
    const [first] = await queries.ensureQueryData(reportsQuery);
    if (first) throw redirect({ to: '/dashboards/$report', params: { report: first.name }, replace: true });
  },
  component: lazyRouteComponent(() => import('./HomePage'), 'HomePage'),
});
