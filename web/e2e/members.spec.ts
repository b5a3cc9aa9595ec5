import { accessible, expect, nobody, schemes, test } from './story';

for (const colorScheme of schemes) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme, expectedErrors: [/status of 40[09]/] });

    test(`somebody is added, comes in, is changed, disabled and removed ${colorScheme === 'light' ? '@quick' : ''}`, async ({
      page,
      browser,
      baseURL,
    }) => {
      test.slow();
      const name = `Grace ${colorScheme}`;
      const email = `grace.${colorScheme}@example.com`;
      await page.goto('/members');
      await expect(page.getByRole('row', { name: /Ada Lovelace/ })).toBeVisible();
      await accessible(page);

      // A refusal stands beside its field, and nothing that was entered is lost.
      await page.getByRole('button', { name: 'Add a member' }).click();
      const dialog = page.getByRole('dialog', { name: 'Add a member' });
      await dialog.getByRole('textbox', { name: 'Name' }).fill(name);
      await dialog.getByRole('textbox', { name: 'E-mail' }).fill('ada@example.com');
      await dialog.getByRole('combobox', { name: 'Roles' }).click();
      await expect(page.getByRole('option', { name: 'Tenant Viewer' })).toHaveCount(0);
      await page.getByRole('option', { name: 'Auditor' }).click();
      await page.keyboard.press('Tab');
      await accessible(page);
      await dialog.getByRole('button', { name: 'Add', exact: true }).click();
      await expect(dialog.getByRole('textbox', { name: 'E-mail' })).toHaveAccessibleDescription(/can't be used/);
      await dialog.getByRole('textbox', { name: 'E-mail' }).fill(email);
      await dialog.getByRole('button', { name: 'Add', exact: true }).click();

      // The link is shown this once, and lets them in.
      const way = page.getByRole('dialog', { name: 'The way in' });
      const link = await way.getByLabel('One-time link').inputValue();
      expect(link).toContain('/welcome#');
      await accessible(page);
      await way.getByRole('button', { name: 'Done' }).click();
      const theirs = await browser.newContext({ ...nobody, baseURL });
      const welcome = await theirs.newPage();
      await welcome.goto(new URL(link).pathname + new URL(link).hash);
      await welcome.getByLabel('Password', { exact: true }).fill('a long enough secret too');
      await welcome.getByRole('button', { name: 'Set the password and sign in' }).click();
      await expect(welcome.getByRole('navigation', { name: 'Navigation' })).toBeVisible();
      await theirs.close();

      // In the list, found by its name and state.
      await page.getByRole('searchbox', { name: /^Search/ }).fill(name);
      await expect(page).toHaveURL(/search=/);
      const row = page.getByRole('row', { name: new RegExp(email) });
      await expect(row.getByText('Active').filter({ visible: true })).toBeVisible();

      const menu = page.getByRole('button', { name: `What to do with ${name}` });
      await menu.click();
      await page.getByRole('menuitem', { name: 'Edit' }).click();
      const edit = page.getByRole('dialog', { name: `Change ${name}` });
      await edit.getByRole('textbox', { name: 'Name' }).fill(`${name} Hopper`);
      await edit.getByRole('button', { name: 'Save' }).click();
      await expect(page.getByText(`${name} Hopper was saved`)).toBeVisible();

      const changed = page.getByRole('button', { name: `What to do with ${name} Hopper` });
      await changed.click();
      await page.getByRole('menuitem', { name: 'New sign-in link' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Make the link' }).click();
      await expect(way.getByLabel('One-time link')).toHaveValue(/welcome#/);
      await way.getByRole('button', { name: 'Done' }).click();

      await changed.click();
      await page.getByRole('menuitem', { name: 'Disable' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Disable' }).click();
      await expect(row.getByText('Disabled').filter({ visible: true })).toBeVisible();
      await changed.click();
      await page.getByRole('menuitem', { name: 'Enable' }).click();
      await expect(row.getByText('Active').filter({ visible: true })).toBeVisible();
      await changed.click();
      await page.getByRole('menuitem', { name: 'Remove' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
      await expect(page.getByText('No member matches')).toBeVisible();
      await accessible(page);
    });
  });
}
