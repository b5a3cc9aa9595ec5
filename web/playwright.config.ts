import { defineConfig } from '@playwright/test';

/** Pictures and measurements are of the demonstration, which has something on every page. */
const demonstration = process.env.SCREENSHOTS || process.env.BENCH;

/** Stories of the web app in the system's Chromium, against the real program; e2e/server.ts starts it. */
export default defineConfig({
  testDir: 'e2e',
  testIgnore: demonstration ? [] : ['**/screenshots.spec.ts', '**/first.spec.ts'],
  globalSetup: './e2e/server.ts',
  outputDir: 'test-results',
  workers: 2,
  fullyParallel: true,
  forbidOnly: true,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  reporter: [['list']],
  use: {
    baseURL: process.env.TALLYSTICK_URL,
    storageState: process.env.TALLYSTICK_STATE,
    locale: 'en-GB',
    timezoneId: 'UTC',
    reducedMotion: 'reduce',
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-dev-shm-usage'],
    },
  },
});
