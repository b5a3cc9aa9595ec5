import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { root } from '../../app/root';
import { localPath } from './localPath';
import { type Refusal, refusalFrom } from './refusal';

export const signInRoute = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  // The name is there without a value, too: what is left out here would stay as the address has it.
  validateSearch: (search: Record<string, unknown>): { next?: string; refused?: Refusal } => ({
    next: localPath(search.next),
    refused: refusalFrom(search.refused),
  }),
  component: lazyRouteComponent(() => import('./SignInPage'), 'SignInPage'),
});
