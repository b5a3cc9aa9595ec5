import type { Page } from '@playwright/test';
import { admin } from './server';
import { accessible, expect, nobody, schemes, test } from './story';

const box = (page: Page, name: string) => page.getByRole('checkbox', { name, exact: true });

for (const colorScheme of schemes) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme, expectedErrors: [/status of 409/] });

    test(`a role is made, changed, cloned and deleted ${colorScheme === 'light' ? '@quick' : ''}`, async ({ page }) => {
      test.slow();
      const name = `Billing ${colorScheme}`;
      await page.goto('/roles');
      await expect(page.getByRole('row', { name: /Super Administrator/ })).toBeVisible();
      await accessible(page);
      await page.getByRole('link', { name: 'Add a role' }).click();
      await page.getByRole('textbox', { name: 'Name' }).fill(name);

      // All fills a row, a column, or everything; what it fills can be taken back square by square.
      await box(page, 'All: Reports').check();
      await expect(box(page, 'Remove: Reports')).toBeChecked();
      await box(page, 'Remove: Reports').uncheck();
      await expect(box(page, 'All: Reports')).not.toBeChecked();
      await box(page, 'View in every area').check();
      await expect(box(page, 'View: Settings')).toBeChecked();

      // For tenants some squares are the provider's alone, and say so.
      await page.getByText('Every tenant', { exact: true }).click();
      await expect(box(page, 'View: Settings')).not.toBeChecked();
      await expect(box(page, 'View: Settings')).toBeDisabled();
      await expect(box(page, 'Add: Tenants')).toBeDisabled();
      await expect(box(page, 'Edit: Tenants')).toBeEnabled();
      await expect(page.getByText('Only for the provider’s members', { exact: true })).toBeVisible();
      await page.getByRole('combobox', { name: 'Roles' }).click();
      await expect(page.getByRole('option', { name: 'Auditor' })).toHaveCount(0);
      await page.getByRole('option', { name: 'Tenant Viewer' }).click();
      await page.keyboard.press('Tab');
      await accessible(page);
      await page.getByRole('button', { name: 'Add the role' }).click();
      await expect(page.getByRole('row', { name: new RegExp(name) })).toContainText('10 of 11 areas');

      // A name that is taken is said beside it, and the rest stays.
      await page.getByRole('link', { name }).click();
      await expect(box(page, 'Edit: Reports')).toBeChecked();
      await page.getByRole('textbox', { name: 'Name' }).fill('Auditor');
      await box(page, 'View: Audit log').uncheck();
      await page.getByRole('button', { name: 'Save' }).click();
      await expect(page.getByRole('textbox', { name: 'Name' })).toHaveAccessibleDescription(
        /there is a role "Auditor"/i,
      );
      await page.getByRole('textbox', { name: 'Name' }).fill(name);
      await page.getByRole('button', { name: 'Save' }).click();
      await expect(page.getByRole('row', { name: new RegExp(name) })).toContainText('9 of 11 areas');

      // What comes with the program is to look at, and to clone.
      await page.getByRole('link', { name: 'Tenant Viewer' }).click();
      await expect(page.getByText('comes with the program and can’t be changed')).toBeVisible();
      await expect(box(page, 'View: Dashboards')).toBeChecked();
      await expect(box(page, 'View: Dashboards')).toBeDisabled();
      await expect(page.getByRole('button', { name: 'Save' })).toHaveCount(0);
      await accessible(page);
      await page.getByRole('button', { name: 'What to do with Tenant Viewer' }).click();
      await page.getByRole('menuitem', { name: 'Clone' }).click();
      const clone = `Clone ${colorScheme}`;
      await page.getByRole('dialog').getByRole('textbox', { name: 'Name' }).fill(clone);
      await accessible(page);
      await page.getByRole('dialog').getByRole('button', { name: 'Clone' }).click();
      await expect(page.getByRole('heading', { level: 1, name: clone })).toBeVisible();
      await expect(box(page, 'View: Dashboards')).toBeEnabled();
      await page.getByRole('button', { name: `What to do with ${clone}` }).click();
      await page.getByRole('menuitem', { name: 'Delete' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
      await expect(page.getByRole('link', { name: clone })).toHaveCount(0);
      await page.getByRole('button', { name: `What to do with ${name}` }).click();
      await page.getByRole('menuitem', { name: 'Delete' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
      await expect(page.getByRole('link', { name })).toHaveCount(0);
    });
  });
}

test('a tenant’s member gives no more than they have, and is shown no more', async ({ page, browser, baseURL }) => {
  test.slow();
  const post = async (path: string, data: object) => {
    const answer = await page.request.post(path, { data });
    expect(answer.ok()).toBe(true);
    return answer.json();
  };
  const role = await post('/api/v1/roles', {
    name: 'Doorkeeper',
    for_tenants: true,
    permissions: [
      { entity: 'ROLES', action: 'ALL' },
      { entity: 'MEMBERS', action: 'VIEW' },
    ],
  });
  const { link } = await post('/api/v1/members', {
    name: 'Door Keeper',
    email: 'door@example.com',
    tenant: 'hudson-savings',
    roles: [role.id],
  });
  const theirs = await browser.newContext({ ...nobody, baseURL });
  const token = new URL(link).hash.slice(1);
  await theirs.request.post('/api/v1/links/use', { data: { token, password: admin.password } });
  await theirs.request.post('/api/v1/session', { data: { email: 'door@example.com', password: admin.password } });
  const door = await theirs.newPage();
  await door.goto('/roles/new');
  await expect(box(door, 'View: Roles')).toBeEnabled();
  await expect(box(door, 'View: Members')).toBeEnabled();
  await expect(box(door, 'Edit: Members')).toBeDisabled();
  await expect(box(door, 'View: Settings')).toBeDisabled();
  await expect(door.getByText('What you may not do yourself you can’t give')).toBeVisible();
  await expect(door.getByRole('radio', { name: 'All roles' })).toBeDisabled();
  await accessible(door);
  await door.goto('/members');
  await expect(door.getByRole('row', { name: /door@example.com/ })).toBeVisible();
  await expect(door.getByRole('row', { name: /ada@example.com/ })).toHaveCount(0);
  await expect(door.getByRole('button', { name: 'Add a member' })).toHaveCount(0);
  await expect(door.getByRole('button', { name: /^What to do with/ })).toHaveCount(0);
  await theirs.close();
});
