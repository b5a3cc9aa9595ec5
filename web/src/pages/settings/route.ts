import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shell } from '../../app/shell/route';

export const settingsRoute = createRoute({
  getParentRoute: () => shell,
  path: '/settings',
  component: lazyRouteComponent(() => import('./SettingsPage'), 'SettingsPage'),
});
