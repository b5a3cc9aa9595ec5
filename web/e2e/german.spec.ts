import { expect, test } from './story';

test.use({ locale: 'de-DE', expectedErrors: [/status of 400/] });

test('who reads German reads no English of the server: a dashboard, a role, a refusal @quick', async ({
  page,
  request,
}) => {
  test.slow();
  await page.goto('/dashboards/session-usage?tenant=sahyadri-telecom&from=2025-11-01&to=2025-11-30');
  await expect(page.getByRole('heading', { name: 'Genutzte Bot-Sitzungen', level: 1 })).toBeVisible();
  const total = page
    .getByRole('region', { name: 'Überblick' })
    .getByRole('button', { name: /^Sitzungen: .* Ereignisse zeigen/ });
  await expect(total).toBeVisible();
  await page.getByRole('button', { name: 'Weitere Filter' }).click();
  await expect(page.getByLabel('Gespräch')).toBeVisible();

  // Of all that the definition says in sentences, nothing is left on the page as it came.
  const definition = await (await request.get('/api/v1/reports/session-usage')).json();
  const sentences: string[] = [definition, ...definition.tables, ...definition.filters].map((part) => part.about);
  const shown = await page.locator('main').innerHTML();
  expect(sentences.filter((text) => shown.includes(text))).toEqual([]);
  for (const english of ['Sessions', 'By bot', 'Conversation ID', 'Bot sessions']) expect(shown).not.toContain(english);

  // Numbers and dates are written as in German, and each event that does not count says why.
  await total.click();
  const events = page.getByRole('dialog');
  await expect(events.getByRole('radio', { name: /^Zählen \(\d+(\.\d{3})*\)$/ })).toBeChecked();
  await events.getByText(/^Zählen nicht \(\d+(\.\d{3})*\)$/).click();
  await expect(events.getByText('außerhalb des Zeitraums').first()).toBeVisible();
  await expect(events.getByText(/^\d\d\.\d\d\.2025, \d\d:\d\d:\d\d$/).first()).toBeVisible();
  await page.keyboard.press('Escape');

  await page.goto('/roles');
  const role = page.getByRole('row', { name: /^Revision/ });
  await expect(role).toContainText('Sieht alles und ändert nichts.');
  await expect(page.getByText(/Super Administrator|Auditor|Tenant Viewer/)).toHaveCount(0);
  await role.getByRole('link').click();
  await expect(page.getByRole('textbox', { name: 'Beschreibung' })).toHaveValue('Sieht alles und ändert nichts.');

  await page.goto('/roles/new');
  await page.getByRole('textbox', { name: 'Name' }).fill('Buchhaltung');
  await page.getByRole('button', { name: 'Rolle hinzufügen' }).click();
  await expect(page.getByRole('alert').first()).toHaveText(
    /Die Rolle „Buchhaltung“ erlaubt nichts\. ?Geben Sie ihr mindestens ein Recht\./,
  );
});

test.describe('in English', () => {
  test.use({ locale: 'en-GB' });

  test('nobody waits for the German, and who changes to it has it at once', async ({ page }) => {
    const scripts: string[] = [];
    page.on('request', (r) => scripts.push(new URL(r.url()).pathname));
    await page.goto('/roles');
    await expect(page.getByText('Sees everything and changes nothing.')).toBeVisible();
    await page.waitForLoadState('networkidle');
    const german = () => scripts.filter((path) => /\/german-[^/]*\.js$/.test(path));
    expect(german()).toEqual([]);
    await page.getByRole('button', { name: 'Appearance and language' }).click();
    await page.getByRole('menuitem', { name: 'Deutsch' }).click();
    await expect(page.getByText('Sieht alles und ändert nichts.')).toBeVisible();
    expect(german()).toHaveLength(1);
  });

  test('where the German can’t be fetched, there is English and no broken page', async ({ page }) => {
    await page.route(/\/german-[^/]*\.js$/, (route) =>
      route.fulfill({ status: 200, contentType: 'text/javascript', body: 'throw 0' }),
    );
    await page.goto('/roles');
    await page.getByRole('button', { name: 'Appearance and language' }).click();
    await page.getByRole('menuitem', { name: 'Deutsch' }).click();
    await expect(page.getByRole('heading', { name: 'Rollen', level: 1 })).toBeVisible();
    await expect(page.getByText('Sees everything and changes nothing.')).toBeVisible();
  });
});

for (const path of [
  '/dashboards/service-usage?tenant=hudson-savings',
  '/schedules/new',
  '/roles',
  '/ingest',
  '/settings',
]) {
  test(`German words fit on a phone: ${path}`, async ({ page }) => {
    await page.setViewportSize({ width: 390, height: 844 });
    await page.goto(path);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await page.waitForLoadState('networkidle');
    expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBe(
      0,
    );
  });
}
