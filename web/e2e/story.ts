import AxeBuilder from '@axe-core/playwright';
import { test as base, expect, type Page } from '@playwright/test';

/**
 * A story: what somebody does in the app. Each one fails, too, when the browser's console has an error, as for a breach of the content policy, or when
 * anything was asked of another host.
 */
export const test = base.extend<{ expectedErrors: RegExp[] }>({
  /** What the console may say in this story, such as that a password was refused. */
  expectedErrors: [[], { option: true }],
  page: async ({ page, baseURL, expectedErrors }, use) => {
    const errors: string[] = [];
    const elsewhere: string[] = [];
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) errors.push(`${message.text()} ${message.location().url}`);
    });
    page.on('pageerror', (error) => errors.push(String(error)));
    page.on('request', (request) => {
      const url = request.url();
      if (!url.startsWith(`${baseURL}/`) && !/^(data|blob):/.test(url)) elsewhere.push(url);
    });
    await use(page);
    expect(errors.filter((e) => !expectedErrors.some((known) => known.test(e)))).toEqual([]);
    expect(elsewhere).toEqual([]);
  },
});

export { expect };

/** Somebody who is not signed in. */
export const nobody = { storageState: { cookies: [], origins: [] } };

/** Nothing of what axe knows of WCAG 2.2 AA is wrong on the page. */
export async function accessible(page: Page): Promise<void> {
  await settled(page);
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    // Dialogs of Mantine have a header element, which is no second banner: it stands inside of the dialog.
    .disableRules(['landmark-no-duplicate-banner', 'landmark-unique'])
    .analyze();
  expect(
    violations.map((v) => `${v.id}: ${v.help}\n${v.nodes.map((n) => `${n.html}\n${n.failureSummary}`).join('\n')}`),
  ).toEqual([]);
}

/**
 * The page stands still: what comes or goes has come or gone. In between colours are mixed with those behind, and on a busy machine a mark that slides to
 * what is chosen may be a few frames behind. What never ends, as the shimmer of what loads, is not waited for.
 */
async function settled(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    const ending = () => document.getAnimations().filter((a) => Number.isFinite(a.effect?.getComputedTiming().endTime));
    for (let still = 0; still < 5; still++) {
      await frame();
      const moving = ending().filter((a) => a.playState === 'running');
      if (moving.length > 0) still = 0;
      await Promise.all(moving.map((a) => a.finished.catch(() => undefined)));
    }
  });
}

/** The same story in light and in dark. */
export const schemes = ['light', 'dark'] as const;
