import { accessible, expect, test } from './story';

test('whoever leaves a page with something entered is asked', async ({ page }) => {
  await page.goto('/roles');
  await page.getByRole('link', { name: 'Add a role' }).click();
  const name = page.getByRole('textbox', { name: 'Name' });
  const navigation = page.getByRole('navigation', { name: 'Navigation' });
  await expect(name).toBeVisible();
  // Where nothing is entered nobody is asked.
  await navigation.getByRole('link', { name: 'Members' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Members' })).toBeVisible();
  await page.goBack();

  await name.fill('Half a ro');
  await navigation.getByRole('link', { name: 'Members' }).click();
  const asks = page.getByRole('dialog', { name: 'Leave without saving?' });
  await expect(asks.getByRole('button', { name: 'Go on editing' })).toBeFocused();
  await accessible(page);
  await asks.getByRole('button', { name: 'Go on editing' }).click();
  await expect(asks).toBeHidden();
  await expect(name).toHaveValue('Half a ro');

  await page.goBack();
  await expect(asks).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(asks).toBeHidden();
  await expect(name).toHaveValue('Half a ro');

  await navigation.getByRole('link', { name: 'Members' }).click();
  await asks.getByRole('button', { name: 'Discard it' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Members' })).toBeVisible();
});

test('whoever closes a dialog with something entered is asked', async ({ page }) => {
  await page.goto('/exports');
  const open = page.getByRole('button', { name: 'Generate usage report' }).first();
  await open.click();
  const dialog = page.getByRole('dialog', { name: 'Generate usage report' });
  await expect(dialog.getByRole('textbox', { name: 'Name' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();

  await open.click();
  await dialog.getByRole('textbox', { name: 'Name' }).fill('Usage of the qua');
  await page.keyboard.press('Escape');
  const asks = page.getByRole('dialog', { name: 'Leave without saving?' });
  await expect(asks.getByRole('button', { name: 'Go on editing' })).toBeFocused();
  // The same key leads back to the form, and not out of both.
  await page.keyboard.press('Escape');
  await expect(asks).toBeHidden();
  await expect(dialog.getByRole('textbox', { name: 'Name' })).toHaveValue('Usage of the qua');
  await dialog.getByRole('button', { name: 'Close' }).click();
  await asks.getByRole('button', { name: 'Discard it' }).click();
  await expect(dialog).toBeHidden();
});
