import { createRoute, redirect } from '@tanstack/react-router';
import { queries } from '../../api/queries';
import { FailedPage } from '../../parts/FailedPage';
import { NotFound } from '../../parts/NotFound';
import { askedAgain } from '../../session/denied';
import { sessionQuery } from '../../session/session';
import { root } from '../root';
import { Shell } from './Shell';

/** Around every page that needs somebody who is signed in. Pages name it as their parent. */
export const shell = createRoute({
  getParentRoute: () => root,
  id: 'shell',
  beforeLoad: async ({ location, preload }) => {
    if (!preload) await askedAgain(location.pathname);
    const who = await queries.ensureQueryData(sessionQuery);
    if (!who)
      throw redirect({ to: '/sign-in', search: location.href === '/' ? {} : { next: location.href }, replace: true });
  },
  component: Shell,
  notFoundComponent: NotFound,
  errorComponent: FailedPage,
});
