import { createRouter } from '@tanstack/react-router';
import { pages } from '../pages/pages';
import { FailedPage } from '../parts/FailedPage';
import { parseSearch, stringifySearch } from './search';

export const router = createRouter({
  routeTree: pages,
  parseSearch,
  stringifySearch,
  // In the place of the page alone: what is around it stays.
  defaultErrorComponent: FailedPage,
  defaultPreload: 'intent',
  defaultPendingMinMs: 0,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
