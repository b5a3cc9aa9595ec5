import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { good } from './people';
import { startProvider } from './provider';
import { serve } from './server';
import { accessible, expect, nobody, test } from './story';

/** At the provider: who one is, and that the server may know it. */
async function signInThere(page: Page, account: string): Promise<void> {
  await page.locator('input[name=login]').fill(account);
  await page.locator('input[name=password]').fill('any');
  await page.locator('button[type=submit]').click();
  await page.locator('button[type=submit]').click();
}

// What was started ends also where the story fails.
const ends: (() => Promise<void>)[] = [];
test.afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

test('members sign in through the directory of their company', async ({ browser, playwright }) => {
  test.setTimeout(180_000);
  const folder = mkdtempSync(join(tmpdir(), 'tallystick-sign-in-'));
  ends.push(async () => rmSync(folder, { recursive: true }));
  const server = await serve(folder, '--data', join(folder, 'data'));
  ends.push(server.end);
  const provider = await startProvider(server.url, {
    mia: { email: 'mia@example.com', email_verified: true },
    eve: { email: 'eve@example.com', email_verified: true },
  });
  ends.push(provider.end);
  const api = await playwright.request.newContext({ baseURL: server.url, storageState: server.state });
  // Pages of their own: that of the story may not ask another host, and here the provider is one.
  const context = await browser.newContext({
    ...nobody,
    baseURL: server.url,
    locale: 'en-GB',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  const button = page.getByRole('link', { name: 'Continue with Northwind' });

  await page.goto('/sign-in');
  await expect(page.getByLabel('E-mail')).toBeVisible();
  await expect(page.getByRole('link', { name: /^Continue/ })).toHaveCount(0);
  for (const [name, value] of Object.entries(provider.settings))
    await good(api.put(`/api/v1/settings/${name}`, { data: { value } }));
  await good(api.post('/api/v1/members', { data: { email: 'mia@example.com', name: 'Mia', roles: ['auditor'] } }));

  // Who is no member is told so, in the app's words, and still gets where they wanted to be.
  await page.goto('/members?status=active');
  await button.click();
  await signInThere(page, 'eve');
  await expect(page.getByText('Nobody here has that account')).toBeVisible();
  await accessible(page);
  await context.clearCookies({ domain: 'localhost' });
  await button.click();
  await signInThere(page, 'mia');
  await expect(page.getByRole('heading', { name: 'Members', level: 1 })).toBeVisible();
  expect(new URL(page.url()).search).toBe('?status=active');

  // A session that ends is opened again in another tab, and what was entered is sent.
  await page.goto('/profile');
  await page.getByLabel('Name', { exact: true }).fill('Mia Miller');
  await context.clearCookies({ domain: '127.0.0.1' });
  await page.getByRole('button', { name: 'Save' }).first().click();
  const again = page.getByRole('dialog', { name: 'Your session has ended' });
  await expect(again.getByText('It opens in another tab')).toBeVisible();
  await accessible(page);
  const [tab] = await Promise.all([
    context.waitForEvent('page'),
    again.getByRole('link', { name: 'Continue with Northwind' }).click(),
  ]);
  await expect(tab.getByRole('navigation', { name: 'Navigation' })).toBeVisible();
  await tab.close();
  // To a browser without a screen every tab is the one that is looked at.
  await page.evaluate(() => window.dispatchEvent(new Event('focus')));
  await expect(again).toBeHidden();
  await expect(page.getByText('Your name is saved.')).toBeVisible();

  await context.close();
  await api.dispose();
});
