import { expect, nobody, schemes, test } from './story';

/** What there are pictures of. A new page adds its line. */
const pages: Record<string, string> = {
  'service-usage': '/dashboards/service-usage?tenant=hudson-savings&compare=previous',
  'session-usage': '/dashboards/session-usage?tenant=sahyadri-telecom',
  'room-usage': '/dashboards/room-usage?tenant=hudson-savings',
  'billing-usage': '/dashboards/billing-usage?tenant=hudson-savings',
  'tenant-usage': '/dashboards/tenant-usage?all_tenants=true',
  tenants: '/tenants',
  exports: '/exports',
  schedules: '/schedules',
  'schedule-new': '/schedules/new?report=room-usage',
  members: '/members',
  roles: '/roles',
  'role-new': '/roles/new',
  ingest: '/ingest',
  'audit-log': '/audit-log',
  mailbox: '/mailbox',
  settings: '/settings',
  profile: '/profile',
  events: '/dashboards/service-usage?tenant=hudson-savings&cell=active-agents,3,Active Agents',
};

const widths = { 390: 844, 1280: 900, 1920: 1080 };

for (const colorScheme of schemes) {
  for (const [width, height] of Object.entries(widths)) {
    test.describe(`${width} ${colorScheme}`, () => {
      test.use({ colorScheme, viewport: { width: Number(width), height } });
      for (const [name, path] of Object.entries(pages)) {
        test(name, async ({ page }) => {
          await page.goto(path);
          await expect(page.getByRole('heading', { level: 1 }).first()).toBeVisible();
          await page.waitForLoadState('networkidle');
          await page.waitForTimeout(500); // charts draw themselves in
          await page.screenshot({
            path: `screenshots/${name}-${width}-${colorScheme}.png`,
            fullPage: name !== 'events',
          });
        });
      }
      test.describe('outside', () => {
        test.use(nobody);
        test('sign-in', async ({ page }) => {
          await page.goto('/sign-in');
          await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
          await page.screenshot({ path: `screenshots/sign-in-${width}-${colorScheme}.png` });
        });
      });
    });
  }
}
