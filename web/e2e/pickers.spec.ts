import { expect, test } from './story';

test('a field to choose a tenant opens with all of them, also when one is chosen', async ({ page }) => {
  await page.goto('/members');
  await page.getByRole('button', { name: 'Add a member' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add a member' });
  const tenant = dialog.getByRole('combobox', { name: 'Of', exact: true });
  const offered = page.getByRole('listbox', { name: 'Of', exact: true });
  await expect(tenant).toHaveValue('Service provider');
  await tenant.click();
  await expect(offered.getByRole('option', { name: 'Service provider' })).toBeVisible();
  await offered.getByRole('option', { name: 'Hudson Savings Bank' }).click();
  await expect(tenant).toHaveValue('Hudson Savings Bank');
  await tenant.click();
  await expect(offered.getByRole('option', { name: 'Service provider' })).toBeVisible();
  await expect(offered.getByRole('option', { name: 'Hudson Wealth Advisors' })).toBeVisible();
  await page.keyboard.press('Escape');

  // By a part of its id, and by keys alone. The form is not sent.
  await tenant.fill('');
  await page.keyboard.type('hudson-w');
  await expect(offered.getByRole('option')).toHaveCount(1);
  await page.keyboard.press('Enter');
  await expect(tenant).toHaveValue('Hudson Wealth Advisors');
  await tenant.fill('nobody is called so');
  await page.keyboard.press('Enter');
  await expect(dialog.getByRole('alert')).toHaveCount(0);
  await page.keyboard.press('Tab');
  await expect(tenant).toHaveValue('Hudson Wealth Advisors');
});

test('Enter chooses the first that is found', async ({ page }) => {
  await page.goto('/dashboards/room-usage?from=2025-11-01&to=2025-11-29');
  await expect(page.getByRole('columnheader', { name: 'RoomName' })).toBeVisible();
  const zone = page.getByRole('combobox', { name: 'Time zone' });
  await zone.click();
  await expect(page.getByRole('option', { name: /^UTC/ })).toBeVisible();
  await page.keyboard.type('tokyo');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/zone=Asia(%2F|\/)Tokyo/);
  await expect(zone).toHaveValue(/^Asia\/Tokyo/);

  // Found and chosen a second time it stays, and what was only typed does not.
  for (const text of ['tokyo\n', 'kolk']) {
    await zone.fill('');
    await page.keyboard.type(text);
    await page.keyboard.press('Tab');
    await expect(zone).toHaveValue(/^Asia\/Tokyo/);
    await expect(page).toHaveURL(/zone=Asia(%2F|\/)Tokyo/);
  }

  const tenants = page.getByRole('combobox', { name: 'Tenants' });
  await tenants.click();
  await expect(page.getByRole('option', { name: 'Hudson Wealth Advisors' })).toBeVisible();
  await page.keyboard.type('hudson-w');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/tenant=hudson-wealth/);
});
