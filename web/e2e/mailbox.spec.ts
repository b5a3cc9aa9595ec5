import { administrator, good } from './people';
import { accessible, expect, schemes, test } from './story';

for (const colorScheme of schemes) {
  test.describe(colorScheme, () => {
    // What drives the browser runs scripts of its own in every frame; that of a mail lets none run, and says so.
    test.use({ colorScheme, expectedErrors: [/^Blocked script execution/] });
    test.slow();

    test(`a mail that would be sent is read ${colorScheme === 'light' ? '@quick' : ''}`, async ({
      page,
      playwright,
      baseURL,
    }) => {
      const api = await administrator(playwright, baseURL);
      const to = `ida-${colorScheme}-${Date.now()}@example.com`;
      await good(api.put('/api/v1/settings/smtp_from', { data: { value: 'usage@example.com' } }));
      await good(api.post('/api/v1/settings/mail-test', { data: { to } }));
      await page.goto('/');
      await page.getByRole('link', { name: 'Mailbox' }).click();
      const row = page.getByRole('row', { name: new RegExp(to) });
      await expect(row).toBeVisible();
      await accessible(page);
      await row.getByRole('button', { name: 'Tallystick can send mail' }).click();
      await expect(page).toHaveURL(/mail=/);
      const mail = page.getByRole('dialog', { name: 'Mail' });
      await expect(mail.frameLocator('iframe').locator('td.note')).toBeVisible();
      // axe would wait for scripts of its own in the frame, which runs none: the page is looked at without it below.
      await mail.getByText('Text', { exact: true }).click();
      await expect(mail.getByRole('region', { name: 'Text' })).toContainText('It has come, so they work.');
      await mail.getByText('Headers', { exact: true }).click();
      await expect(mail.getByText('Message-Id')).toBeVisible();
      await accessible(page);
      const [file] = await Promise.all([
        page.waitForEvent('download'),
        mail.getByRole('link', { name: 'Whole mail (.eml)' }).click(),
      ]);
      expect(file.suggestedFilename()).toMatch(/\.eml$/);
      await page.goBack();
      await expect(mail).toBeHidden();
      await api.dispose();
    });
  });
}
