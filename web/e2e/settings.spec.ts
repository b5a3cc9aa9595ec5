import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { administrator, good, person, signIn } from './people';
import { serve } from './server';
import { accessible, expect, nobody, schemes, test } from './story';

// One after the other: all of them are about the same settings.
test.describe.configure({ mode: 'serial' });

for (const colorScheme of schemes) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme, expectedErrors: [/status of 400/] });

    test(`mail is set up, and tried ${colorScheme === 'light' ? '@quick' : ''}`, async ({
      page,
      playwright,
      baseURL,
    }) => {
      const api = await administrator(playwright, baseURL);
      for (const name of ['smtp_host', 'smtp_port', 'smtp_password', 'smtp_from'])
        await good(api.put(`/api/v1/settings/${name}`, { data: { value: null } }));
      await page.goto('/settings');
      const mail = page.getByRole('region', { name: 'Mail', exact: true });
      await expect(mail.getByRole('button', { name: 'Save' })).toBeDisabled();
      await accessible(page);

      // What is wrong stands below its field, and what was entered stays.
      await mail.getByLabel('Port', { exact: true }).fill('99999');
      await mail.getByLabel('Sender’s address').fill('usage@example.com');
      await mail.getByLabel('Password', { exact: true }).fill('swordfish');
      await expect(mail.getByText('3 changes are not saved')).toBeVisible();
      await expect(mail.getByRole('button', { name: 'Send test' })).toBeDisabled();
      await mail.getByRole('button', { name: 'Save' }).click();
      await expect(mail.getByText("Port can't be 99999. Choose a whole number, 1 to 65535.")).toBeVisible();
      await expect(mail.getByLabel('Sender’s address')).toHaveValue('usage@example.com');
      await accessible(page);
      await mail.getByLabel('Port', { exact: true }).fill('2525');
      await mail.getByRole('button', { name: 'Save' }).click();
      await expect(page.getByText('Saved: Mail.')).toBeVisible();
      await expect(mail.getByLabel('Port', { exact: true })).toHaveValue('2525');

      // The secret is never shown; it can be replaced, and taken away.
      await page.reload();
      await expect(mail.getByText('Set, and never shown')).toBeVisible();
      await mail.getByRole('button', { name: 'Replace: Password' }).click();
      await mail.getByLabel('Password', { exact: true }).fill('flounder');
      await mail.getByRole('button', { name: 'Keep what was' }).click();
      await mail.getByRole('button', { name: 'Remove: Password' }).click();
      await expect(mail.getByText('Will be removed')).toBeVisible();
      await mail.getByRole('button', { name: 'Save' }).click();
      await expect(mail.getByLabel('Password', { exact: true })).toHaveValue('');

      // No mail server is set, so the mailbox keeps it.
      await mail.getByLabel('Send a short mail to').fill('ida@example.com');
      await mail.getByRole('button', { name: 'Send test' }).click();
      await expect(mail.getByText('Sent to ida@example.com')).toBeVisible();
      await accessible(page);
      await api.dispose();
    });
  });
}

test('lists and switches are saved', async ({ page }) => {
  await page.goto('/settings');
  const where = page.getByRole('region', { name: 'Where reports may go' });
  await where.getByLabel('Domains of mail').fill('Example.ORG');
  await page.keyboard.press('Enter');
  await where.getByRole('switch', { name: 'Webhooks may lead into private networks' }).click();
  await where.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Saved: Where reports may go.')).toBeVisible();
  await page.reload();
  await expect(where.getByText('example.org')).toBeVisible();
  await where.getByRole('switch', { name: 'Webhooks may lead into private networks' }).click();
  await where.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Saved: Where reports may go.')).toBeVisible();
});

test.describe('an auditor', () => {
  test.use(nobody);
  test('looks, and changes nothing', async ({ page, playwright, baseURL }) => {
    const api = await administrator(playwright, baseURL);
    await signIn(page, await person(api, 'Olga Auditor', ['auditor']), '/settings');
    await expect(page.getByText('You may look at the settings, and not change them.')).toBeVisible();
    await expect(page.getByRole('button', { name: /Save|Replace|Send test/ })).toHaveCount(0);
    await expect(page.getByLabel('Mail server', { exact: true })).not.toBeEditable();
    await accessible(page);
    await api.dispose();
  });
});

test('what is fixed by the command line is read-only, and says so', async ({ browser }) => {
  const folder = mkdtempSync(join(tmpdir(), 'tallystick-e2e-'));
  const smtp = 'smtp://ann:swordfish@localhost:2525?from=usage@example.com';
  const { url, state, end } = await serve(folder, '--data', join(folder, 'data'), '--smtp', smtp);
  const context = await browser.newContext({ baseURL: url, storageState: state });
  const page = await context.newPage();
  await page.goto('/settings');
  const host = page.getByLabel('Mail server', { exact: true });
  await expect(host).toHaveValue('localhost');
  await expect(host).not.toBeEditable();
  await expect(page.getByText('Set by --smtp. Change it there, and start the server again.').first()).toBeVisible();
  await expect(page.getByLabel('Sender’s name')).toBeEditable();
  await expect(page.getByText('Set, and never shown')).toBeVisible();
  expect(await page.content()).not.toContain('swordfish');
  await accessible(page);
  await context.close();
  await end();
  rmSync(folder, { recursive: true });
});
