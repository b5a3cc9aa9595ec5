import { createRouter } from '@tanstack/react-router';
import { pages } from '../pages/pages';
import { parseSearch, stringifySearch } from './search';

export const router = createRouter({
  routeTree: pages,
  parseSearch,
  stringifySearch,
  defaultPreload: 'intent',
  defaultPendingMinMs: 0,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
