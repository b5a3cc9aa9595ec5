import { admin } from './server';
import { accessible, expect, nobody, test } from './story';

test.describe('somebody who is not signed in', () => {
  test.use({ ...nobody, expectedErrors: [/status of 40[0134]/] });

  test('is told when the password is wrong', async ({ page }) => {
    await page.goto('/');
    await page.getByLabel('E-mail').fill('nobody@example.com');
    await page.getByLabel('Password', { exact: true }).fill('not the password');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect(page.getByRole('alert')).toBeVisible();
    await accessible(page);
  });

  test('is not led to another site', async ({ page, baseURL }) => {
    await page.goto('/sign-in?next=//example.org/');
    await page.getByLabel('E-mail').fill(admin.email);
    await page.getByLabel('Password', { exact: true }).fill(admin.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect(page.getByRole('navigation')).toBeVisible();
    expect(page.url()).toContain(`${baseURL}/dashboards/`);
  });

  test('reads that a link is not good', async ({ page }) => {
    await page.goto('/welcome#nonsense');
    await expect(page.getByText('This link is not good')).toBeVisible();
    await accessible(page);
  });

  test('becomes a member by an invitation', async ({ page, playwright, baseURL }) => {
    const api = await playwright.request.newContext({ baseURL, storageState: process.env.TALLYSTICK_STATE });
    const email = `grace-${Date.now()}@example.com`;
    const made = await api.post('/api/v1/members', {
      data: { email, name: 'Grace Hopper', tenant: 'hudson-savings', roles: ['tenant-viewer'] },
    });
    expect(made.ok(), await made.text()).toBe(true);
    const { link } = await made.json();
    await page.goto(new URL(link.url ?? link).pathname + new URL(link.url ?? link).hash);
    await expect(page.getByRole('heading', { name: 'Welcome, Grace Hopper' })).toBeVisible();
    await accessible(page);
    const looked: string[] = [];
    page.on('request', (r) => {
      if (r.url().endsWith('/links/look')) looked.push(r.url());
    });
    await page.getByLabel('Password', { exact: true }).fill('compilers are friendly');
    await page.getByRole('button', { name: 'Set the password and sign in' }).click();
    await expect(page.getByRole('navigation', { name: 'Navigation' })).toBeVisible();
    // A tenant's member sees its tenant's dashboards, and is not asked whose.
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expect(page.getByLabel('Tenants')).toHaveCount(0);
    // A link that is used is not looked at again.
    expect(looked).toEqual([]);
    await api.dispose();
  });
});

test.describe('a session that ends', () => {
  test.use({ ...nobody, expectedErrors: [/status of 401/] });

  test('asks for the password over the page, and nothing is lost', async ({ page, context }) => {
    await page.goto('/sign-in');
    await page.getByLabel('E-mail').fill(admin.email);
    await page.getByLabel('Password', { exact: true }).fill(admin.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect(page.getByRole('navigation', { name: 'Navigation' })).toBeVisible();
    await page.goto('/dashboards/room-usage?tenant=hudson-savings&from=2025-11-01&to=2025-11-29');
    await expect(page.getByRole('columnheader', { name: 'RoomName' })).toBeVisible();
    await page.getByRole('button', { name: 'More filters' }).click();
    await page.getByRole('combobox', { name: 'User' }).fill('half a na');
    await context.clearCookies();
    await page.getByRole('button', { name: 'Refresh' }).click();
    const again = page.getByRole('dialog', { name: 'Your session has ended' });
    await expect(again).toBeVisible();
    await expect(again.getByLabel('E-mail')).toHaveValue(admin.email);
    await accessible(page);
    await again.getByLabel('Password', { exact: true }).fill(admin.password);
    await again.getByRole('button', { name: 'Sign in' }).click();
    await expect(again).toBeHidden();
    await expect(page.getByRole('columnheader', { name: 'RoomName' })).toBeVisible();
    await expect(page.getByRole('combobox', { name: 'User' })).toHaveValue('half a na');
  });
});

test.describe('preferences', () => {
  test('the language changes at once, and is kept', async ({ page }) => {
    await page.goto('/dashboards/session-usage?tenant=hudson-savings&from=2025-11-01&to=2025-11-29');
    await page.getByRole('button', { name: 'Appearance and language' }).click();
    await page.getByRole('menuitem', { name: 'Deutsch' }).click();
    await expect(page.getByText('Daten vollständig bis')).toBeVisible();
    await page.reload();
    await expect(page.locator('html')).toHaveAttribute('lang', 'de');
    await expect(
      page.getByText('1. Nov. 2025 – 29. Nov. 2025').or(page.getByText('01.11.2025 – 29.11.2025')),
    ).toBeVisible();
    await accessible(page);
  });

  test('dark is kept, and there before the first paint', async ({ page }) => {
    await page.goto('/');
    await page.getByRole('button', { name: 'Appearance and language' }).click();
    await page.getByRole('menuitem', { name: 'Dark' }).click();
    await page.reload({ waitUntil: 'commit' });
    await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', 'dark');
  });
});
