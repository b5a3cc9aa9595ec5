import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shell } from '../../app/shell/route';

export const rolesRoute = createRoute({
  getParentRoute: () => shell,
  path: '/roles',
  component: lazyRouteComponent(() => import('./RolesPage'), 'RolesPage'),
});

export const roleNewRoute = createRoute({
  getParentRoute: () => shell,
  path: '/roles/new',
  component: lazyRouteComponent(() => import('./NewRolePage'), 'NewRolePage'),
});

export const roleRoute = createRoute({
  getParentRoute: () => shell,
  path: '/roles/$id',
  component: lazyRouteComponent(() => import('./RolePage'), 'RolePage'),
});
