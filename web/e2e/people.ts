import type { APIRequestContext, APIResponse, Page, PlaywrightWorkerArgs } from '@playwright/test';
import { expect } from './story';

/** Asks the server as its first administrator. The caller disposes of it. */
export function administrator(playwright: PlaywrightWorkerArgs['playwright'], baseURL: string | undefined) {
  return playwright.request.newContext({ baseURL, storageState: process.env.TALLYSTICK_STATE });
}

/** Fails the story unless an answer is a good one, and returns it. */
export async function good(asked: Promise<APIResponse>): Promise<APIResponse> {
  const answer = await asked;
  expect(answer.ok(), await answer.text()).toBe(true);
  return answer;
}

let made = 0;

/** Makes a member who has a password, of the provider where no tenant is named. */
export async function person(api: APIRequestContext, name: string, roles: string[], tenant = '') {
  const email = `${name.toLowerCase().replace(/\W+/g, '-')}-${process.pid}-${Date.now()}-${made++}@example.com`;
  const password = 'compilers are friendly';
  const invited = await good(api.post('/api/v1/members', { data: { email, name, tenant, roles } }));
  const token = new URL((await invited.json()).link).hash.slice(1);
  await good(api.post('/api/v1/links/use', { data: { token, password } }));
  return { email, password };
}

/** Signs in by the page that asks for it, and waits until the page is there that was wanted. */
export async function signIn(page: Page, who: { email: string; password: string }, path: string): Promise<void> {
  await page.goto(path);
  await page.getByLabel('E-mail').fill(who.email);
  await page.getByLabel('Password', { exact: true }).fill(who.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('navigation', { name: 'Navigation' })).toBeVisible();
}
