import { administrator, good, person, signIn } from './people';
import { accessible, expect, nobody, schemes, test } from './story';

for (const colorScheme of schemes) {
  test.describe(colorScheme, () => {
    test.use({ ...nobody, colorScheme, expectedErrors: [/status of 40[013]/] });

    test(`a viewer changes name and password, and ends a session ${colorScheme === 'light' ? '@quick' : ''}`, async ({
      page,
      playwright,
      baseURL,
    }) => {
      const api = await administrator(playwright, baseURL);
      const vera = await person(api, 'Vera Viewer', ['tenant-viewer'], 'hudson-savings');
      await api.dispose();
      const elsewhere = [];
      for (let i = 0; i < 2; i++) {
        const other = await playwright.request.newContext({ baseURL, userAgent: `curl/8.${i}` });
        await good(other.post('/api/v1/session', { data: vera }));
        elsewhere.push(other);
      }
      await signIn(page, vera, '/');
      await page.getByRole('button', { name: 'Account of Vera Viewer' }).click();
      await page.getByRole('menuitem', { name: 'Your profile' }).click();
      await expect(page.getByRole('heading', { level: 1, name: 'Your profile' })).toBeVisible();
      await accessible(page);

      await page.getByLabel('Name', { exact: true }).fill('Vera Vantage');
      await page.getByRole('button', { name: 'Save name' }).click();
      await expect(page.getByRole('button', { name: 'Account of Vera Vantage' })).toBeVisible();

      // One session by its button; the other one ends with the password.
      await page.getByRole('button', { name: 'End the session of curl/8.1' }).click();
      await expect(page.getByText('curl/8.1')).toBeHidden();
      expect((await elsewhere[1]?.get('/api/v1/session'))?.status()).toBe(401);

      await page.getByLabel('Current password').fill('not the password');
      await page.getByLabel('New password').fill('a purple kettle sings');
      await page.getByRole('button', { name: 'Change password' }).click();
      await expect(page.getByText('The old password is wrong.')).toBeVisible();
      await expect(page.getByLabel('New password')).toHaveValue('a purple kettle sings');
      await accessible(page);
      await page.getByLabel('Current password').fill(vera.password);
      await page.getByRole('button', { name: 'Change password' }).click();
      await expect(page.getByText('Your password is changed.')).toBeVisible();
      await expect(page.getByText('curl/8.0')).toBeHidden();
      expect((await elsewhere[0]?.get('/api/v1/session'))?.status()).toBe(401);
      for (const other of elsewhere) await other.dispose();
    });
  });
}

test('the language and the colours change at once', async ({ page }) => {
  await page.goto('/profile');
  await page.getByText('Dark', { exact: true }).click();
  await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', 'dark');
  await page.getByText('Deutsch', { exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Ihr Profil' })).toBeVisible();
  await accessible(page);
});
