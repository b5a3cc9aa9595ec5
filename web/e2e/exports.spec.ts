import { administrator, good, person, signIn } from './people';
import { accessible, expect, nobody, schemes, test } from './story';

for (const colorScheme of schemes) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });

    test(`a report is generated from a tenant’s row, followed and downloaded ${colorScheme === 'light' ? '@quick' : ''}`, async ({
      page,
    }) => {
      test.slow();
      const name = `Rooms of Hudson ${colorScheme}`;
      await page.goto('/tenants');
      await expect(page.getByRole('row', { name: /Hudson Savings Bank/ })).toBeVisible();
      await accessible(page);
      await page.getByRole('button', { name: 'What to do with Hudson Savings Bank' }).click();
      await page.getByRole('menuitem', { name: 'Generate usage report …' }).click();
      const dialog = page.getByRole('dialog', { name: 'Generate usage report' });
      await dialog.getByRole('textbox', { name: 'Name', exact: true }).fill(name);
      await dialog.getByRole('combobox', { name: 'Report' }).click();
      await page.getByRole('option', { name: 'Chat usage by room' }).click();
      await dialog.getByRole('combobox', { name: 'Delimiter' }).click();
      await page.getByRole('option', { name: 'Pipe |' }).click();
      await accessible(page);
      await dialog.getByRole('button', { name: 'Generate', exact: true }).click();
      await expect(dialog).toBeHidden();

      await page.goto('/exports');
      const row = page.getByRole('row', { name: new RegExp(name) });
      await expect(row.getByText('Done', { exact: true }).filter({ visible: true })).toBeVisible();
      await accessible(page);
      const download = page.waitForEvent('download');
      await row.getByRole('link', { name: /Download/ }).click();
      const chunks: Buffer[] = [];
      for await (const chunk of await (await download).createReadStream()) chunks.push(chunk as Buffer);
      expect(Buffer.concat(chunks).toString()).toMatch(/^Room\|RoomName\|UserName\|Channel\|/);
    });
  });
}

test('a report that waits is cancelled after a question, and leaves no file', async ({ page, playwright, baseURL }) => {
  // Reports of this size are made one after another: the last of many still waits when somebody looks.
  const api = await administrator(playwright, baseURL);
  const make = (name: string) =>
    good(
      api.post('/api/v1/exports', {
        data: {
          name,
          report: 'session-usage',
          all_tenants: true,
          period: 'custom',
          from: '2025-09-01',
          to: '2025-11-30',
          format: 'xlsx',
        },
      }),
    );
  const before: string[] = [];
  for (let i = 0; i < 16; i++) before.push((await (await make(`Before it ${i}`)).json()).id);
  await make('Not wanted');
  await page.goto('/exports');
  const row = page.getByRole('row', { name: /Not wanted/ });
  await expect(row).toBeVisible();
  await row.getByRole('button', { name: /What to do with/ }).click();
  await page.getByRole('menuitem', { name: 'Cancel …' }).click();
  const question = page.getByRole('dialog', { name: 'Cancel this report?' });
  await expect(question).toContainText('there is no file');
  await question.getByRole('button', { name: 'Cancel the report' }).click();
  await expect(row.getByText('Cancelled', { exact: true }).filter({ visible: true })).toBeVisible();
  await expect(row.getByRole('link', { name: /Download/ })).toHaveCount(0);
  // The other stories' reports need not wait for these. Some are made already.
  for (const id of before) await api.post(`/api/v1/runs/${id}/cancel`);
  await api.dispose();
});

test.describe('who loses a permission while the page is open', () => {
  test.use({ ...nobody, expectedErrors: [/status of 40[13]/] });

  test('is told so, and keeps what was entered', async ({ page, playwright, baseURL }) => {
    const api = await administrator(playwright, baseURL);
    const allowed = [
      { action: 'VIEW', entity: 'TENANTS' },
      { action: 'VIEW', entity: 'REPORTS' },
      { action: 'ALL', entity: 'SCHEDULED_TASKS' },
    ];
    const made = await good(
      api.post('/api/v1/roles', { data: { name: `Planner ${Date.now()}`, permissions: allowed } }),
    );
    const role = await made.json();
    await signIn(page, await person(api, 'Paul Planner', [role.id]), '/schedules/new?report=room-usage');
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Nearly made');
    await expect(page.getByRole('region', { name: 'Next runs' }).getByRole('listitem')).toHaveCount(5);
    await page.getByRole('button', { name: 'Continue' }).click();
    await expect(page.getByRole('button', { name: 'Schedule the report' })).toBeVisible();

    const permissions = allowed.map((p) => (p.entity === 'SCHEDULED_TASKS' ? { ...p, action: 'VIEW' } : p));
    await good(api.put(`/api/v1/roles/${role.id}`, { data: { name: role.name, permissions } }));
    await page.getByRole('button', { name: 'Schedule the report' }).click();
    await expect(
      page
        .getByRole('alert')
        .filter({ hasText: /may not|permission|allowed/i })
        .first(),
    ).toBeVisible();
    await page.getByRole('button', { name: 'Back' }).click();
    await expect(page.getByRole('textbox', { name: 'Name', exact: true })).toHaveValue('Nearly made');
    await api.dispose();
  });
});
