import { type Browser, type BrowserContextOptions, test } from '@playwright/test';

/** How long somebody waits who opens the app for the first time: nothing is kept from before. `make bench-web` prints it. */
const visits: Record<string, string> = {
  'billing-usage of a tenant': '/dashboards/billing-usage?tenant=hudson-savings',
  'the start': '/',
  'service-usage of all tenants': '/dashboards/service-usage?all_tenants=true',
};

const times = Number(process.env.TIMES ?? 5);

interface Visit {
  /** Milliseconds from asking for the page until the first number or chart is there, and until nothing is loading. */
  first: number;
  all: number;
  /** Milliseconds that the page's own thread has worked by then. Unlike the others this hardly depends on what else the machine does. */
  busy: number;
  /** Bytes of scripts as they were sent until then, without those that draw charts; how many; and of styles. */
  scripts: number;
  files: number;
  styles: number;
  /** Milliseconds until the answer of each request of the API, by its path. */
  answers: Record<string, number>;
}

test('how long the first dashboard takes', async ({ browser, baseURL, storageState }) => {
  test.setTimeout(300_000);
  await visit(browser, { baseURL, storageState }, '/'); // the browser itself starts, too
  for (const [name, path] of Object.entries(visits)) {
    const all: Visit[] = [];
    for (let i = 0; i < times; i++) all.push(await visit(browser, { baseURL, storageState }, path));
    const of = (value: (v: Visit) => number) => median(all.map(value));
    print(
      `${name.padEnd(30)} first ${of((v) => v.first)} ms, all ${of((v) => v.all)} ms, busy ${of((v) => v.busy)} ms` +
        `   scripts ${kilobytes(of((v) => v.scripts))} in ${of((v) => v.files)} files, styles ${kilobytes(of((v) => v.styles))}`,
    );
    if (!process.env.DETAIL) continue;
    for (const path of Object.keys(all[0]?.answers ?? {})) print(`  ${of((v) => v.answers[path] ?? 0)} ms ${path}`);
  }
});

/** Opens a page in a browser that knows nothing, and waits until it is all there. */
async function visit(browser: Browser, options: BrowserContextOptions, path: string): Promise<Visit> {
  // What is sent counts as packed by gzip, which all take, also through a proxy that does not pass Brotli on.
  const gzip = { 'Accept-Encoding': 'gzip' };
  const context = await browser.newContext({
    ...options,
    extraHTTPHeaders: gzip,
    viewport: { width: 1280, height: 900 },
  });
  const page = await context.newPage();
  const measures = await context.newCDPSession(page);
  await measures.send('Performance.enable', { timeDomain: 'threadTicks' });
  await page.addInitScript(() => {
    const noted: { first?: number; all?: number } = {};
    Object.assign(globalThis, { noted });
    const look = () => {
      const main = document.querySelector('main');
      const shown = main?.querySelector('[aria-label*="Show its events"], canvas');
      if (shown) noted.first ??= performance.now();
      const loading = [...(main?.querySelectorAll('[role="status"]') ?? [])].some((s) => s.textContent === 'Loading…');
      if (shown && !loading) noted.all ??= performance.now();
      if (loading) noted.all = undefined;
      if (performance.now() < 20_000) requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
  await page.goto(path);
  await page.waitForFunction(() => (globalThis as unknown as { noted?: { all?: number } }).noted?.all !== undefined);
  const { metrics } = await measures.send('Performance.getMetrics');
  const busy = (metrics.find((m) => m.name === 'TaskDuration')?.value ?? 0) * 1000;
  const seen = await page.evaluate((): Omit<Visit, 'busy'> => {
    const { first = 0, all = 0 } = (globalThis as unknown as { noted: { first?: number; all?: number } }).noted;
    const entries = performance.getEntriesByType('resource') as PerformanceResourceTiming[];
    const before = entries.filter((e) => e.startTime < all);
    const scripts = before.filter((e) => /\.js$/.test(e.name) && !/\/Chart/.test(e.name));
    const styles = before.filter((e) => /\.css$/.test(e.name));
    const sum = (some: PerformanceResourceTiming[]) => some.reduce((n, e) => n + e.encodedBodySize, 0);
    const answers = before
      .filter((e) => e.name.includes('/api/'))
      .map((e) => [new URL(e.name).pathname, Math.round(e.responseEnd)] as const);
    return {
      first,
      all,
      scripts: sum(scripts),
      files: scripts.length,
      styles: sum(styles),
      answers: Object.fromEntries(answers),
    };
  });
  await context.close();
  return { ...seen, busy };
}

function median(values: number[]): number {
  return Math.round(values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0);
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
