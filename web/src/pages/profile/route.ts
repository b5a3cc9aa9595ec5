import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shell } from '../../app/shell/route';

export const profileRoute = createRoute({
  getParentRoute: () => shell,
  path: '/profile',
  component: lazyRouteComponent(() => import('./ProfilePage'), 'ProfilePage'),
});
