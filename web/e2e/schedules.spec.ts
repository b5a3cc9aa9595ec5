import type { Page } from '@playwright/test';
import { good } from './people';
import { admin } from './server';
import { accessible, expect, schemes, test } from './story';

/** Makes a schedule by the API, for stories that begin with one. */
async function planned(
  page: Page,
  name: string,
  recurrence: object = { grain: 'day', hour: 6, minute: 30, zone: 'Europe/Madrid' },
): Promise<string> {
  const answer = await page.request.post('/api/v1/schedules', {
    data: {
      name,
      report: 'room-usage',
      all_tenants: true,
      format: 'csv',
      recurrence,
      recipients: [{ way: 'mail', address: 'grace@example.com' }],
    },
  });
  expect(answer.status()).toBe(201);
  return (await answer.json()).schedule.id;
}

const next = (page: Page) => page.getByRole('region', { name: 'Next runs' });
const proceed = (page: Page) => page.getByRole('button', { name: 'Continue' }).click();

for (const colorScheme of schemes) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme, expectedErrors: [/status of 400/] });

    test(`a report is scheduled, run, received, paused and deleted ${colorScheme === 'light' ? '@quick' : ''}`, async ({
      page,
    }) => {
      test.slow();
      const name = `Rooms ${colorScheme}`;
      await page.goto('/schedules');
      await page.getByRole('link', { name: 'Schedule a report' }).first().click();

      // What and when, with what it would do as the fields change.
      await page.getByRole('textbox', { name: 'Name', exact: true }).fill(name);
      await expect(next(page).getByRole('listitem')).toHaveCount(5);
      await page.getByRole('combobox', { name: 'Repeats' }).click();
      await page.getByRole('option', { name: 'Every week' }).click();
      await page.getByText('Wed', { exact: true }).click();
      await page.getByRole('textbox', { name: 'At', exact: true }).fill('06:30');
      await expect(next(page).getByText(/^Every week on Monday and Wednesday at 06:30/)).toBeVisible();
      await expect(next(page).getByRole('listitem')).toHaveCount(5);
      await page.getByRole('combobox', { name: 'Period', exact: true }).click();
      await expect(page.getByRole('option', { name: 'Since the previous run' })).toBeVisible();
      await expect(page.getByRole('option', { name: 'Custom' })).toHaveCount(0);
      await page.keyboard.press('Escape');
      await accessible(page);
      await proceed(page);

      // Who gets it; an address that may not is told so in its row.
      await page.getByRole('combobox', { name: 'Add a member' }).fill('ada');
      await page.getByRole('option', { name: /^Ada Lovelace/ }).click();
      await page.getByRole('textbox', { name: 'Add an e-mail address' }).fill('boss@elsewhere.example');
      await page.keyboard.press('Enter');
      await page.getByRole('button', { name: 'Schedule the report' }).click();
      const row = page.getByRole('list', { name: 'Recipients' }).getByRole('listitem').filter({ hasText: 'boss@' });
      await expect(row.getByRole('alert')).toHaveText(/can't be sent to addresses of elsewhere.example/);
      await accessible(page);
      await page.getByRole('button', { name: 'Remove boss@elsewhere.example' }).click();
      await page.getByRole('button', { name: 'Schedule the report' }).click();

      // In the list, found by its name.
      await page.getByRole('searchbox', { name: 'Search by name' }).fill(name);
      await expect(page).toHaveURL(/search=/);
      const listed = page.getByRole('row', { name: new RegExp(name) });
      await expect(listed.getByText(/^Every week on Monday and Wednesday/).filter({ visible: true })).toBeVisible();
      await accessible(page);

      // Run now, and what came of it.
      const menu = page.getByRole('button', { name: `What to do with ${name}`, exact: true });
      await menu.click();
      await page.getByRole('menuitem', { name: 'Run now' }).click();
      await expect(page.getByRole('dialog')).toContainText('sent to 1 recipient');
      await page.getByRole('dialog').getByRole('button', { name: 'Run now' }).click();
      await expect(listed.getByText('1 sent').filter({ visible: true })).toBeVisible();
      await menu.click();
      await page.getByRole('menuitem', { name: 'Runs and deliveries' }).click();
      const got = page.getByRole('table', { name: 'Who got it' });
      await expect(
        got
          .getByRole('row', { name: /Ada Lovelace/ })
          .getByText('Sent', { exact: true })
          .filter({ visible: true }),
      ).toBeVisible();
      await accessible(page);

      // The run, as a mail's link shows it.
      await page.getByRole('table', { name: /^Runs/ }).getByRole('link').first().click();
      await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
      await expect(page.getByText('SHA-256 of the tables')).toBeVisible();
      const receipt = await page.request.get(
        (await page.getByRole('link', { name: 'Download receipt' }).getAttribute('href')) ?? '',
      );
      await expect(page.getByText((await receipt.json()).tables_sha256)).toBeVisible();
      const file = await page.request.get(
        (await page.getByRole('link', { name: 'Download', exact: true }).getAttribute('href')) ?? '',
      );
      expect(file.ok()).toBe(true);
      await accessible(page);

      // Paused, and enabled again: no run was missed, so there is nothing to ask.
      await page.getByRole('link', { name: 'All runs of this schedule' }).click();
      await page.getByRole('switch', { name: 'Enabled' }).click({ force: true });
      await expect(page.getByText(`“${name}” is paused`)).toBeVisible();
      await expect(page.getByRole('switch', { name: 'Enabled' })).not.toBeChecked();
      await page.getByRole('switch', { name: 'Enabled' }).click({ force: true });
      await expect(page.getByText(`“${name}” is enabled`)).toBeVisible();
      await expect(page.getByRole('switch', { name: 'Enabled' })).toBeChecked();

      // Deleted, after a question.
      await menu.click();
      await page.getByRole('menuitem', { name: 'Delete' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
      await expect(page.getByRole('heading', { level: 1, name: 'Scheduled reports' })).toBeVisible();
      await expect(page.getByRole('link', { name })).toHaveCount(0);
    });
  });
}

test.describe('a pause in which a run was missed', () => {
  test.use({ expectedErrors: [/status of 409.*\/enable$/] });

  test('is asked about', async ({ page }) => {
    test.setTimeout(180_000);
    const due = new Date(Date.now() + 65_000);
    due.setUTCSeconds(0, 0);
    const id = await planned(page, 'Missed', { grain: 'hour', minute: due.getUTCMinutes(), zone: 'UTC' });
    await good(page.request.post(`/api/v1/schedules/${id}/disable`));
    await page.goto(`/schedules/${id}`);
    await expect(page.getByRole('switch', { name: 'Enabled' })).not.toBeChecked();
    await page.waitForTimeout(due.getTime() + 1000 - Date.now());
    await page.getByRole('switch', { name: 'Enabled' }).click({ force: true });
    const pause = page.getByRole('dialog', { name: 'Report the pause?' });
    await expect(pause).toBeVisible();
    await accessible(page);
    await pause.getByRole('button', { name: 'Report the pause' }).click();
    await expect(page.getByRole('switch', { name: 'Enabled' })).toBeChecked();
    await good(page.request.delete(`/api/v1/schedules/${id}`));
  });
});

test.describe('two people at one schedule', () => {
  test.use({ expectedErrors: [/status of 40[49]/] });

  test('one changes it while the other does: the other is told, keeps what was entered, and chooses', async ({
    page,
  }) => {
    const id = await planned(page, 'Two change');
    await page.goto('/schedules');
    await page.getByRole('link', { name: 'Two change' }).click();
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Mine');
    await proceed(page);
    const theirs = await (await page.request.get(`/api/v1/schedules/${id}`)).json();
    const { report, all_tenants, recurrence, version } = theirs;
    const put = await page.request.put(`/api/v1/schedules/${id}`, {
      data: { name: 'Theirs', report, all_tenants, recurrence, version },
    });
    expect(put.ok()).toBe(true);
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await expect(page.getByRole('alert')).toContainText('Somebody has changed this schedule meanwhile');
    await accessible(page);
    await page.getByRole('button', { name: 'Save mine over it' }).click();
    await expect(page.getByText('“Mine” was saved')).toBeVisible();
    expect((await (await page.request.get(`/api/v1/schedules/${id}`)).json()).name).toBe('Mine');
  });

  test('one deletes it while the other changes it: what was entered can be saved as a new one', async ({ page }) => {
    const id = await planned(page, 'Deleted meanwhile');
    await page.goto(`/schedules/${id}/edit`);
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Saved after all');
    await proceed(page);
    expect((await page.request.delete(`/api/v1/schedules/${id}`)).ok()).toBe(true);
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await expect(page.getByRole('alert')).toContainText('Somebody has deleted this schedule meanwhile');
    await page.getByRole('button', { name: 'Save as a new schedule' }).click();
    await expect(page.getByRole('link', { name: 'Saved after all' })).toBeVisible();
  });

  test('one deletes it while the other looks at the list', async ({ page }) => {
    const id = await planned(page, 'Gone from the list');
    await page.goto('/schedules?search=Gone+from');
    const toggle = page.getByRole('switch', { name: 'Gone from the list is enabled' });
    await expect(toggle).toBeChecked();
    expect((await page.request.delete(`/api/v1/schedules/${id}`)).ok()).toBe(true);
    await toggle.click({ force: true });
    await expect(page.getByRole('alert')).toContainText('There is no schedule');
    await expect(page.getByText('No scheduled report matches')).toBeVisible();
  });
});

test('a report that was to be made once is scheduled, with all that was entered', async ({ page }) => {
  await page.goto('/tenants');
  await page.getByRole('button', { name: 'Generate usage report' }).click();
  await page.getByRole('menuitem', { name: 'For all tenants' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Name', exact: true }).fill('Every month');
  await dialog.getByRole('combobox', { name: 'Format' }).click();
  await page.getByRole('option', { name: 'Excel workbook (.xlsx)' }).click();
  await dialog.getByRole('button', { name: 'Schedule report' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Schedule a report' })).toBeVisible();
  await expect(page.getByRole('textbox', { name: 'Name', exact: true })).toHaveValue('Every month');
  await expect(page.getByRole('combobox', { name: 'Format' })).toHaveValue('Excel workbook (.xlsx)');
  await expect(page.getByRole('combobox', { name: 'Period', exact: true })).toHaveValue('Last month');
  await expect(page).toHaveURL(/report=/);
});

test.describe('a webhook', () => {
  test('has a secret, which is shown once', async ({ page }) => {
    await page.goto('/schedules/new?report=room-usage&name=By+webhook');
    await proceed(page);
    await page.getByRole('textbox', { name: 'Add a webhook' }).fill('https://example.org/in');
    await page.getByRole('button', { name: 'Schedule the report' }).click();
    const secret = page.getByRole('dialog').getByLabel('Secret of https://example.org/in');
    await expect(secret).toHaveValue(/^whsec_/);
    await accessible(page);
    await page.getByRole('button', { name: 'I have kept them' }).click();
    await expect(page.getByRole('link', { name: 'By webhook' })).toBeVisible();
  });
});

test.describe('a form whose session ends', () => {
  test.use({ expectedErrors: [/status of 401/] });

  test('loses nothing', async ({ page, context }) => {
    await page.goto('/schedules/new?report=room-usage');
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Still here');
    await expect(next(page).getByRole('listitem')).toHaveCount(5);
    await context.clearCookies();
    // The form may notice before the button is reached, and is then behind the dialog.
    const reached = page.getByRole('button', { name: 'Continue' }).click({ timeout: 5000 });
    const again = page.getByRole('dialog', { name: 'Your session has ended' });
    await Promise.race([reached, again.waitFor()]);
    reached.catch(() => undefined);
    await again.getByLabel('Password', { exact: true }).fill(admin.password);
    await again.getByRole('button', { name: 'Sign in' }).click();
    await expect(again).toBeHidden();
    const last = page.getByRole('button', { name: 'Schedule the report' });
    if (!(await last.isVisible())) await proceed(page);
    await expect(last).toBeVisible();
    await page.getByRole('button', { name: 'Back' }).click();
    await expect(page.getByRole('textbox', { name: 'Name', exact: true })).toHaveValue('Still here');
  });
});

test.describe('a link to a run', () => {
  test.use({ expectedErrors: [/status of 404/] });

  test('that is not there, or not for who follows it, says so', async ({ page }) => {
    await page.goto('/runs/nosuchrun');
    await expect(page.getByText('This report is not there, or not for you')).toBeVisible();
    await accessible(page);
  });
});
