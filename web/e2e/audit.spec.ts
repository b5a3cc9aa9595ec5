import { administrator, good, person, signIn } from './people';
import { accessible, expect, nobody, schemes, test } from './story';

for (const colorScheme of schemes) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme, ...nobody });
    test.slow();

    test(`who has changed a setting, and from what to what ${colorScheme === 'light' ? '@quick' : ''}`, async ({
      page,
      playwright,
      baseURL,
    }) => {
      const api = await administrator(playwright, baseURL);
      const name = `Ann Changer ${colorScheme}`;
      const ann = await person(api, name, ['super-administrator']);
      await signIn(page, ann, '/audit-log');
      const now = await playwright.request.newContext({ baseURL });
      await good(now.post('/api/v1/session', { data: ann }));
      for (const value of ['Before & Co', 'After & Co'])
        await good(now.put('/api/v1/settings/provider_name', { data: { value } }));

      await page.getByRole('combobox', { name: 'Who' }).fill(name);
      await page.getByRole('option', { name }).click();
      await expect(page).toHaveURL(/actor=/);
      await page.getByRole('combobox', { name: 'What' }).click();
      await page.getByRole('option', { name: 'Changes of settings' }).click();
      await expect(page).toHaveURL(/action=setting\./);
      const log = page.getByRole('table', { name: 'Entries, the newest first' });
      await expect(log.getByRole('row')).toHaveCount(3);
      await accessible(page);

      await log.getByRole('button', { name: 'Setting changed' }).first().click();
      const entry = page.getByRole('dialog', { name: 'Setting changed' });
      await expect(entry.getByRole('row', { name: 'Value Before & Co After & Co' })).toBeVisible();
      await expect(entry.getByText('setting provider_name')).toBeVisible();
      await accessible(page);
      await entry.getByRole('button', { name: 'Only what is about this' }).click();
      await expect(page).toHaveURL(/object_id=provider_name/);
      await expect(page).not.toHaveURL(/actor=/);

      // Days that are over, by the calendar's field; and the way back.
      await page.getByLabel('To', { exact: true }).fill('2020-01-31');
      await page.keyboard.press('Enter');
      await expect(page).toHaveURL(/to=2020-01-31/);
      await expect(page.getByText('No entry matches')).toBeVisible();
      await accessible(page);
      await page.goBack();
      await expect(log.getByRole('row').nth(2)).toBeVisible();
      await now.dispose();
      await api.dispose();
    });
  });
}

test('pages lead forward and back, whatever was looked at between', async ({ page, playwright, baseURL }) => {
  const api = await administrator(playwright, baseURL);
  for (let i = 0; i < 60; i++) await good(api.put('/api/v1/settings/oidc_name', { data: { value: `Company ${i}` } }));
  await page.goto('/audit-log?object_kind=setting&object_id=oidc_name');
  const rows = page.getByRole('table').getByRole('row');
  await expect(rows).toHaveCount(51);
  await page.getByRole('button', { name: 'Next page' }).click();
  await expect(page).toHaveURL(/after=/);
  await expect(rows).not.toHaveCount(51);
  const second = page.url();
  await page.goto('/profile');
  await page.goto(second);
  await page.getByRole('button', { name: 'Previous page' }).click();
  await expect(page).not.toHaveURL(/after=/);
  await expect(rows).toHaveCount(51);
  await api.dispose();
});

test('an address with what is no date shows the log, as without it', async ({ page }) => {
  await page.goto('/audit-log?from=2026-13-99&to=soon');
  await expect(page.getByRole('table', { name: 'Entries, the newest first' })).toBeVisible();
  await expect(page.getByLabel('From', { exact: true })).toHaveValue('');
});
