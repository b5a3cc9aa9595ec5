import type { APIRequestContext } from '@playwright/test';
import { administrator, good, person, signIn } from './people';
import { accessible, expect, nobody, test } from './story';

const view = (...entities: string[]) => entities.map((entity) => ({ entity, action: 'VIEW' }));

/** Makes somebody with a role of their own, and a way to let the role allow something else. */
async function withRole(api: APIRequestContext, name: string, permissions: object[]) {
  const role = { name: `${name} ${Date.now()}`, permissions };
  const { id } = await (await good(api.post('/api/v1/roles', { data: role }))).json();
  const who = await person(api, name, [id]);
  const allow = (now: object[]) => good(api.put(`/api/v1/roles/${id}`, { data: { ...role, permissions: now } }));
  return { who, allow };
}

test.describe('somebody whose role allows less from now on', () => {
  test.use({ ...nobody, expectedErrors: [/status of 40[13]/] });

  test('is told which permission is lacking, and keeps what was entered', async ({ page, playwright, baseURL }) => {
    const api = await administrator(playwright, baseURL);
    const all = [{ entity: 'SCHEDULED_TASKS', action: 'ALL' }, ...view('TENANTS', 'REPORTS')];
    const { who, allow } = await withRole(api, 'Sam Scheduler', all);
    await signIn(page, who, '/schedules/new');
    const name = page.getByRole('textbox', { name: 'Name', exact: true });
    await name.fill('Half a schedule');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('textbox', { name: 'Add an e-mail address' }).fill('boss@example.com');
    await page.keyboard.press('Enter');
    await allow(view('TENANTS', 'REPORTS', 'SCHEDULED_TASKS'));
    const save = page.getByRole('button', { name: 'Schedule the report' });
    await save.click();
    await expect(page.getByRole('alert')).toContainText('This needs the permission “Scheduled reports: add”.');
    await expect(page.getByText('boss@example.com')).toBeVisible();
    await accessible(page);
    await page.getByRole('button', { name: 'Back' }).click();
    await expect(name).toHaveValue('Half a schedule');

    // As soon as it is allowed again, it goes on from there.
    await allow(all);
    await page.getByRole('button', { name: 'Continue' }).click();
    await save.click();
    await expect(page.getByRole('link', { name: 'Half a schedule' })).toBeVisible();
    await api.dispose();
  });

  test('is offered it no longer on the next page, and keeps what was entered until then', async ({
    page,
    playwright,
    baseURL,
  }) => {
    const api = await administrator(playwright, baseURL);
    const all = [{ entity: 'SCHEDULED_TASKS', action: 'ALL' }, ...view('TENANTS', 'REPORTS')];
    const { who, allow } = await withRole(api, 'Kim Keeper', all);
    await signIn(page, who, '/schedules/new');
    const name = page.getByRole('textbox', { name: 'Name', exact: true });
    await name.fill('Half a schedule');
    await allow(view('TENANTS', 'REPORTS'));
    await page.getByRole('button', { name: 'Continue' }).click();
    await expect(page.getByRole('alert').first()).toContainText('This needs the permission');
    await expect(name).toHaveValue('Half a schedule');
    const navigation = page.getByRole('navigation', { name: 'Navigation' });
    const schedules = navigation.getByRole('link', { name: 'Scheduled reports' });
    await expect(schedules).toBeVisible();
    await navigation.getByRole('link', { name: 'Tenants', exact: true }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Discard it' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Tenants' })).toBeVisible();
    await expect(schedules).toHaveCount(0);
    await api.dispose();
  });

  test('sees no numbers any more, and reads why', async ({ page, playwright, baseURL }) => {
    const api = await administrator(playwright, baseURL);
    const { who, allow } = await withRole(api, 'Lou Looker', view('TENANTS', 'REPORTS'));
    await signIn(page, who, '/dashboards/room-usage?tenant=hudson-savings&from=2025-11-01&to=2025-11-29');
    await expect(page.getByRole('columnheader', { name: 'RoomName' })).toBeVisible();
    await allow(view('TENANTS'));
    await page.getByRole('button', { name: 'Refresh' }).click();
    await expect(page.getByText('“Dashboards: view”').first()).toBeVisible();
    // The navigation no longer offers what would be refused.
    const navigation = page.getByRole('navigation', { name: 'Navigation' });
    await expect(navigation.getByRole('link', { name: 'Tenants', exact: true })).toBeVisible();
    await expect(navigation.getByRole('link')).toHaveCount(1);
    await page.mouse.move(0, 0); // the button's tip goes
    await expect(page.getByRole('tooltip')).toHaveCount(0);
    await accessible(page);
    await api.dispose();
  });
});

test.describe('two people at one thing', () => {
  test.use({ expectedErrors: [/status of 404/] });

  test('one deletes a role while the other changes it: what was entered stays', async ({
    page,
    playwright,
    baseURL,
  }) => {
    const api = await administrator(playwright, baseURL);
    const role = { name: `Gone ${Date.now()}`, permissions: view('CHANNELS') };
    const { id } = await (await good(api.post('/api/v1/roles', { data: role }))).json();
    await page.goto(`/roles/${id}`);
    const name = page.getByRole('textbox', { name: 'Name', exact: true });
    await name.fill('Gone, with another name');
    await good(api.delete(`/api/v1/roles/${id}`));
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByRole('alert')).toContainText('Somebody has deleted this role meanwhile');
    await expect(name).toHaveValue('Gone, with another name');
    await accessible(page);
    await api.dispose();
  });

  test('one removes a member while the other changes them', async ({ page, playwright, baseURL }) => {
    const api = await administrator(playwright, baseURL);
    const email = `gone-${Date.now()}@example.com`;
    const made = await good(api.post('/api/v1/members', { data: { email, name: 'Gil Gone', roles: ['auditor'] } }));
    const { id } = (await made.json()).member;
    await page.goto(`/members?search=${email}`);
    await page.getByRole('button', { name: /What to do with Gil Gone/ }).click();
    await page.getByRole('menuitem', { name: /^Edit/ }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('Gil Still Here');
    await good(api.delete(`/api/v1/members/${id}`));
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect(dialog.getByRole('alert')).toContainText('Somebody has removed this member meanwhile');
    await expect(dialog.getByLabel('Name')).toHaveValue('Gil Still Here');
    await accessible(page);
    await api.dispose();
  });
});
