import type { APIRequestContext } from '@playwright/test';
import { administrator, good, person, signIn } from './people';
import { accessible, expect, nobody, schemes, test } from './story';

/** Hands over an event of the tenant whose key it is. */
async function send(api: APIRequestContext, key: string, tenant: string, id: string, data: object) {
  const event = {
    specversion: '1.0',
    id,
    source: 'story/shop',
    type: 'message.sent',
    tenant,
    time: new Date().toISOString(),
  };
  const headers = { Authorization: `Bearer ${key}`, 'Content-Type': 'application/cloudevents+json' };
  return (await good(api.post('/api/v1/events', { headers, data: JSON.stringify({ ...event, data }) }))).json();
}

const message = {
  message_id: 'm1',
  direction: 'inbound',
  sender_kind: 'contact',
  sender_id: 'c1',
  content_kind: 'text',
};

for (const colorScheme of schemes) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });
    test.slow();

    test(`from a new key to its events, and those that were not taken ${colorScheme === 'light' ? '@quick' : ''}`, async ({
      page,
      playwright,
      baseURL,
    }) => {
      const unique = `${colorScheme}-${Date.now()}`;
      const tenant = `shop-${unique}`;
      await page.goto('/ingest');
      await page.getByRole('tab', { name: 'Keys' }).click();
      await page.getByRole('button', { name: 'Create key' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Name').fill(`Shop ${unique}`);
      await dialog.getByText('One tenant').click();
      await dialog.getByLabel('Tenant', { exact: true }).fill(tenant);
      await page.keyboard.press('Tab'); // what was suggested goes
      await expect(page.getByRole('listbox')).toBeHidden();
      await expect(dialog.getByLabel('Send events')).toBeChecked();
      await accessible(page);
      await dialog.getByRole('button', { name: 'Create key' }).click();
      const shown = dialog.getByLabel(`Shop ${unique}`);
      await expect(shown).toHaveValue(/^tsk_/);
      await expect(dialog.getByText(`No event has named the tenant “${tenant}” yet`)).toBeVisible();
      await accessible(page);
      const key = await shown.inputValue();
      await dialog.getByRole('button', { name: 'I have kept it' }).click();
      await expect(page.getByRole('row', { name: `Shop ${unique}` })).toBeVisible();
      expect(await page.content()).not.toContain(key);

      // The key alone is who sends: without the session's cookie.
      const platform = await playwright.request.newContext({ baseURL, storageState: { cookies: [], origins: [] } });
      const accepted = await send(platform, key, tenant, 'e1', { ...message, colour: 'red' });
      expect(accepted.accepted).toBe(1);
      expect((await send(platform, key, tenant, 'e2', { ...message, direction: 'sideways' })).rejected).toBe(1);
      expect((await send(platform, key, tenant, 'e3', { ...message, direction: 'upwards' })).rejected).toBe(1);

      await page.getByRole('tab', { name: 'Overview' }).click();
      const last = page.getByRole('region', { name: 'Last events' }).first();
      await expect(last.getByRole('row', { name: new RegExp(tenant) })).toBeVisible();
      await expect(last.getByText('Unknown: colour').first()).toBeVisible();
      await expect(page.getByText('value not listed')).toBeVisible();
      await accessible(page);

      await page.goto(`/ingest?tab=rejected&tenant=${tenant}`);
      const rejected = page.getByRole('region', { name: 'Rejected events' });
      await expect(rejected.getByRole('row')).toHaveCount(3);
      await accessible(page);
      await rejected.getByLabel('Reason, path or source').fill('sideways');
      await expect(rejected.getByRole('row')).toHaveCount(2);
      await expect(rejected.getByRole('button', { name: 'Replay all 1' })).toBeEnabled();
      await rejected.getByLabel('Type').fill('call.ended');
      await expect(page.getByText('No rejected event matches')).toBeVisible();
      expect(new URL(page.url()).searchParams.get('type')).toBe('call.ended');
      await accessible(page);
      await rejected.getByRole('button', { name: 'Clear' }).click();
      await expect(rejected.getByRole('row')).toHaveCount(3);
      await page.goto(`/ingest?tab=rejected&tenant=${tenant}&type=message.sent&to=2020-01-01`);
      await expect(page.getByText('No rejected event matches')).toBeVisible();
      await page.goto(`/ingest?tab=rejected&tenant=${tenant}&type=message.sent&from=2020-01-01`);
      await expect(rejected.getByRole('row')).toHaveCount(3);
      await rejected.getByLabel('Reason, path or source').fill('sideways');
      await expect(rejected.getByRole('row')).toHaveCount(2);
      await rejected.getByRole('button', { name: 'Replay all 1' }).click();
      const all = page.getByRole('dialog', { name: 'What came of it' });
      await expect(all.getByText('1 rejected again: kept here')).toBeVisible();
      await all.getByRole('button', { name: 'Close' }).last().click();
      await rejected.getByRole('button', { name: /sideways/ }).click();
      const drawer = page.getByRole('dialog', { name: 'Rejected event' });
      await expect(drawer.getByRole('region', { name: 'The event as it was sent' })).toContainText('"id": "e2"');
      await accessible(page);
      const [file] = await Promise.all([
        page.waitForEvent('download'),
        drawer.getByRole('link', { name: 'Download' }).click(),
      ]);
      expect(file.suggestedFilename()).toMatch(/\.json$/);

      // It is as wrong as before, and stays; then it is let go.
      await drawer.getByRole('button', { name: 'Replay 1' }).click();
      const outcome = page.getByRole('dialog', { name: 'What came of it' });
      await expect(outcome.getByText('1 rejected again: kept here')).toBeVisible();
      await accessible(page);
      await outcome.getByRole('button', { name: 'Close' }).last().click();
      await rejected.getByLabel('Reason, path or source').fill('');
      await expect(rejected.getByRole('row')).toHaveCount(3);
      await rejected.getByLabel('Choose all that are shown').click();
      await rejected.getByRole('button', { name: 'Remove 2' }).click();
      await page
        .getByRole('dialog', { name: 'Remove for good?' })
        .getByRole('button', { name: 'Remove', exact: true })
        .click();
      await expect(page.getByText('The events are removed.')).toBeVisible();
      await rejected.getByRole('button', { name: 'Clear' }).click();
      await expect(page.getByText('No rejected events')).toBeVisible();

      await page.goto('/ingest?tab=keys');
      await page.getByRole('button', { name: `Revoke Shop ${unique}` }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Revoke the key' }).click();
      await expect(page.getByText('The key is revoked.')).toBeVisible();
      const refused = await platform.post('/api/v1/events', {
        headers: { Authorization: `Bearer ${key}` },
        data: '{}',
      });
      expect(refused.status()).toBe(401);
      await platform.dispose();
    });
  });
}

test.describe('an auditor', () => {
  test.use(nobody);
  test('looks, and changes nothing', async ({ page, playwright, baseURL }) => {
    const api = await administrator(playwright, baseURL);
    await signIn(page, await person(api, 'Ina Auditor', ['auditor']), '/ingest?tab=keys');
    await expect(page.getByText('A key lets a program send events')).toBeVisible();
    await expect(page.getByRole('button', { name: /Create key|Revoke/ })).toHaveCount(0);
    await api.dispose();
  });
});
