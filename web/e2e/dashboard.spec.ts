import { admin } from './server';
import { accessible, expect, nobody, schemes, test } from './story';

const november = 'from=2025-11-01&to=2025-11-29';

for (const colorScheme of schemes) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme, ...nobody });

    test(`from sign-in to the events behind a number ${colorScheme === 'light' ? '@quick' : ''}`, async ({ page }) => {
      await page.goto(`/dashboards/service-usage?tenant=hudson-savings&${november}`);
      await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
      await accessible(page);
      await page.getByLabel('E-mail').fill(admin.email);
      await page.getByLabel('Password', { exact: true }).fill(admin.password);
      await page.getByRole('button', { name: 'Sign in' }).click();

      // Back where the address led.
      await expect(
        page.getByRole('heading', { level: 1, name: 'Contacts, conversations, agents and channels' }),
      ).toBeVisible();
      await expect(page.getByText('1 Nov 2025 – 29 Nov 2025')).toBeVisible();
      await expect(page.getByText('in America/New_York')).toBeVisible();
      await expect(page.getByText('Data complete until')).toBeVisible();
      const agents = page.getByRole('region', { name: 'Active agents' }).first();
      await expect(agents.getByRole('img', { name: /^Line chart of Active Agents by Period/ })).toBeVisible();
      await accessible(page);

      await agents.getByText('Table', { exact: true }).click();
      await agents.getByRole('button', { name: /^Active Agents of 3 Nov 2025: / }).click();
      const drawer = page.getByRole('dialog', { name: 'Events behind a number' });
      await expect(drawer.getByText('The number of different items among the events that are counted.')).toBeVisible();
      await expect(drawer.getByText('Hudson Savings Bank · 3 Nov 2025')).toBeVisible();
      await expect(page).toHaveURL(/cell=active-agents,3,Active\+Agents/);
      // It opens on the events that count, and has the others beside them.
      const listed = drawer.getByRole('table', { name: 'Events' });
      await expect(drawer.getByRole('radio', { name: /^Counted \([1-9]\d*\)$/ })).toBeChecked();
      await expect(listed.getByText('Counted', { exact: true }).first()).toBeVisible();
      await expect(listed.getByText('outside the period')).toHaveCount(0);
      await accessible(page);
      await drawer.getByText(/^Left out \([1-9][\d,]*\)$/).click();
      await expect(listed.getByText('outside the period').first()).toBeVisible();
      await expect(listed.getByText('Counted', { exact: true })).toHaveCount(0);
      await accessible(page);

      await page.goBack();
      await expect(drawer).toBeHidden();
      // Who goes by keys goes on from the number, the first time as well.
      await expect(agents.getByRole('button', { name: /^Active Agents of 3 Nov 2025: / })).toBeFocused();
    });
  });
}

test('every report draws itself, and is accessible', async ({ page }) => {
  test.slow();
  await page.goto(`/dashboards/room-usage?all_tenants=true&${november}`);
  const links = page.getByRole('navigation', { name: 'Navigation' }).locator('a[href^="/dashboards/"]');
  await expect(links.first()).toBeVisible();
  for (const name of await links.allTextContents()) {
    await links.filter({ hasText: new RegExp(`^${name}$`) }).click();
    await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
    await expect(page.getByText('Loading…')).toHaveCount(0);
    await accessible(page);
  }
});

test('a column sorts, up, down and back', async ({ page }) => {
  await page.goto(`/dashboards/room-usage?tenant=hudson-savings&${november}`);
  const head = page.getByRole('columnheader', { name: 'Total Messages Received' });
  const sums = async () =>
    (await page.getByRole('button', { name: /^Total Messages Received of / }).allTextContents())
      .slice(0, 8)
      .map(Number);
  await expect(head).toBeVisible();
  const asServed = await sums();
  await head.getByRole('button').click();
  await expect(head).toHaveAttribute('aria-sort', 'ascending');
  expect(await sums()).toEqual([...(await sums())].sort((a, b) => a - b));
  await head.getByRole('button').click();
  await expect(head).toHaveAttribute('aria-sort', 'descending');
  expect(await sums()).toEqual([...(await sums())].sort((a, b) => b - a));
  await head.getByRole('button').click();
  expect(await sums()).toEqual(asServed);
});

test('what names a row stays while a wide table is scrolled', async ({ page }) => {
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.goto(`/dashboards/tenant-usage?all_tenants=true&${november}`);
  const company = page.getByRole('cell', { name: 'Hudson Savings Bank', exact: true });
  const used = page.getByRole('button', { name: /^SMS\/Voice Credits Remaining of hudson-savings/ });
  await expect(company).toBeInViewport({ ratio: 1 });
  await expect(used).not.toBeInViewport();
  await accessible(page);
  await page.getByRole('region', { name: 'Rows of Tenants' }).evaluate((view) => view.scrollBy(9999, 0));
  await expect(used).toBeInViewport({ ratio: 1 });
  await expect(company).toBeInViewport({ ratio: 1 });
  await expect(page.getByRole('columnheader', { name: 'Company Name' })).toBeInViewport({ ratio: 1 });

  // The first numbers are seen at once on a large screen.
  await page.setViewportSize({ width: 1920, height: 900 });
  await page.reload();
  await expect(page.getByRole('button', { name: /^Users of hudson-savings/ })).toBeInViewport({ ratio: 1 });
  await expect(page.getByRole('button', { name: /^Voice Credits Used of hudson-savings/ })).toBeInViewport({
    ratio: 1,
  });
});

test('every long table has its rows, not the first one alone', async ({ page }) => {
  await page.goto(`/dashboards/service-usage?all_tenants=true&${november}`);
  for (const name of ['Resolved conversations', 'Proactive messages']) {
    const card = page.getByRole('region', { name, exact: true });
    await card.getByText('Table', { exact: true }).click();
    await expect(card.getByText(/^([6-9]\d|\d{3,}) rows$/)).toBeVisible();
    await expect(card.getByRole('cell').first()).toBeVisible();
  }
});

test('filters are in the address, and Back undoes them', async ({ page }) => {
  await page.goto(`/dashboards/room-usage?tenant=hudson-savings&${november}`);
  await page.getByRole('button', { name: 'More filters' }).click();
  await page.getByRole('combobox', { name: 'Room' }).fill('room-11');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/where=room%3Droom-11/);
  await expect(page.getByRole('cell', { name: 'room-9', exact: true })).toHaveCount(0);
  await page.goBack();
  await expect(page).not.toHaveURL(/where=/);
});

test('zeros say that nothing was counted, and why that may be', async ({ page }) => {
  const trend = page.getByRole('region', { name: 'Trend', exact: true });
  const nothing = trend.getByRole('paragraph').filter({ hasText: 'Nothing counted in this period.' });
  await page.goto(`/dashboards/session-usage?tenant=hudson-savings&${november}`);
  await expect(trend.getByRole('img', { name: /^Line chart/ })).toBeVisible();
  await expect(nothing).toHaveCount(0);
  await page.goto(`/dashboards/session-usage?tenant=hudson-savings&${november}&where=channel%3Dwebcaht`);
  await expect(nothing).toHaveText(
    'Nothing counted in this period. Perhaps nothing matches the filters (Channel = webcaht): check how they are written.',
  );
  await accessible(page);
  await page.goto('/dashboards/session-usage?tenant=hudson-savings&from=2020-01-01&to=2020-01-31');
  await expect(nothing).toHaveText(
    /^Nothing counted in this period\. The period ends before there is any data: it is available only from \d+ \w+ 202\d\.$/,
  );
});

test('a filter offers the values that the page has shown', async ({ page }) => {
  await page.goto(`/dashboards/room-usage?tenant=hudson-savings&${november}`);
  const rooms = page.getByRole('cell', { name: /^room-\d+$/ });
  const room = (await rooms.first().textContent()) ?? '';
  await page.getByRole('button', { name: 'More filters' }).click();
  await page.getByRole('combobox', { name: 'Room' }).fill(room.slice(2));
  await accessible(page);
  await page.getByRole('option', { name: room, exact: true }).click();
  await expect(page).toHaveURL(new RegExp(`where=room%3D${room}(&|$)`));
  await expect(rooms.filter({ hasNotText: new RegExp(`^${room}$`) })).toHaveCount(0);
  await expect(rooms.first()).toHaveText(room);
});

test('what events and their items are called is in one line each', async ({ page }) => {
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.goto(`/dashboards/session-usage?tenant=hudson-savings&${november}&cell=summary,1,Sessions`);
  const cells = page.getByRole('dialog').getByRole('cell');
  await expect(cells.first()).toBeVisible();
  const broken = await cells.evaluateAll((all) =>
    all.flatMap((cell) => {
      const text = document.createRange();
      text.selectNodeContents(cell);
      const lines = new Set([...text.getClientRects()].map((line) => Math.round(line.top)));
      return lines.size > 1 && !cell.querySelector('svg') ? [cell.textContent] : [];
    }),
  );
  expect(broken).toEqual([]);
});

test('a number of the table, its file and its events are the same', async ({ page }) => {
  await page.goto(`/dashboards/session-usage?tenant=hudson-savings&${november}`);
  const figure = page.getByRole('button', { name: /^Sessions: \d+\. Show its events/ });
  const shown = ((await figure.getByText(/^[\d,]+$/).textContent()) ?? '').replace(/\D/g, '');
  const csv = page.getByRole('link', { name: 'Download Summary as CSV' });
  const file = await page.request.get((await csv.getAttribute('href')) ?? '');
  expect((await file.text()).split('\r\n')[1]?.split(',')[0]).toBe(shown);
  await figure.click();
  await expect(page.getByRole('dialog').getByText(shown, { exact: true })).toBeVisible();
});

test('numbers stand beside those of the period before, and a chart is gone through by keys and saved', async ({
  page,
}) => {
  await page.goto(`/dashboards/session-usage?tenant=sahyadri-telecom&${november}`);
  await page.getByRole('combobox', { name: 'Compare with' }).selectOption('The period before');
  await expect(page).toHaveURL(/compare=previous/);
  await expect(page.getByText('compared with 3 Oct 2025 – 31 Oct 2025')).toBeVisible();
  const summary = page.getByRole('region', { name: 'Summary' });
  await expect(summary.getByText(/^[+-]?\d+% · before: \d+$/).first()).toBeVisible();

  const trend = page.getByRole('region', { name: 'Trend', exact: true });
  const chart = trend.getByRole('group', { name: /^Chart\./ });
  await chart.focus();
  await chart.press('ArrowRight');
  await chart.press('ArrowRight');
  await expect(chart.getByText(/^2 Nov: \d+, before: \d+$/)).toBeAttached();
  await accessible(page);

  const download = page.waitForEvent('download');
  await trend.getByRole('button', { name: 'Download the chart of Trend as a picture' }).click();
  const saved = await download;
  expect(saved.suggestedFilename()).toBe('trend.png');
  const chunks: Buffer[] = [];
  for await (const chunk of await saved.createReadStream()) chunks.push(chunk as Buffer);
  expect(Buffer.concat(chunks).subarray(1, 4).toString()).toBe('PNG');

  await trend.getByRole('link', { name: 'Download Trend as CSV' }).hover();
  await expect(
    page.getByText('The file has the numbers of this period, without those of the period before.'),
  ).toBeVisible();

  await trend.getByText('Table', { exact: true }).click();
  const sessions = trend.getByRole('row').filter({ hasText: '2 Nov 2025' }).getByRole('cell').last();
  await expect(sessions).toHaveText(/^([+-]?\d+% · )?before: \d+\d+$/);
  await trend.getByText('Chart', { exact: true }).click();

  await chart.focus();
  await chart.press('End');
  await chart.press('Enter');
  await expect(page.getByRole('dialog', { name: 'Events behind a number' })).toBeVisible();
});

test('fields, menus and tips that are fetched later are there when somebody comes to them', async ({ page }) => {
  await page.goto(`/dashboards/room-usage?all_tenants=true&${november}`);
  await page.getByRole('combobox', { name: 'Tenants' }).click();
  await page.getByRole('option', { name: 'Hudson Savings Bank' }).click();
  await expect(page).toHaveURL(/tenant=hudson-savings/);
  await page.getByRole('combobox', { name: 'Time zone' }).fill('Berl');
  await page.getByRole('option', { name: /^Europe\/Berlin/ }).click();
  await expect(page).toHaveURL(/zone=Europe\/Berlin/);

  const button = page.getByRole('button', { name: 'Export' });
  await button.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('menuitem', { name: 'Excel workbook (.xlsx)' })).toBeFocused();
  await expect(page.getByRole('group', { name: 'Everything on this page' }).getByRole('menuitem')).toHaveCount(3);
  await accessible(page);
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('menuitem', { name: 'Older Excel (.xls)' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('menuitem')).toHaveCount(0);
  await expect(button).toBeFocused();
  await accessible(page);

  for (const name of ['Appearance and language', /^Account of /]) {
    await page.getByRole('button', { name }).click();
    await expect(page.getByRole('menuitem').first()).toBeFocused();
    await accessible(page);
    await page.keyboard.press('Escape');
    await expect(page.getByRole('menuitem')).toHaveCount(0);
  }

  await page.getByRole('button', { name: 'Refresh' }).hover();
  await expect(page.getByRole('tooltip', { name: 'Refresh' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('tooltip')).toHaveCount(0);
});

test('of many lines the sums are compared, and a picture has the whole legend', async ({ page }) => {
  // What is written into pictures is kept, with where its end is and how wide the picture.
  await page.addInitScript(() => {
    const written: { text: string; end: number; width: number }[] = [];
    Object.assign(window, { written });
    const fillText = CanvasRenderingContext2D.prototype.fillText;
    CanvasRenderingContext2D.prototype.fillText = function (text, x, y, most) {
      if (!this.canvas.isConnected && this.getTransform().isIdentity)
        written.push({ text, end: x + this.measureText(text).width, width: this.canvas.width });
      return fillText.call(this, text, x, y, most);
    };
  });
  await page.goto(`/dashboards/service-usage?all_tenants=true&compare=previous&${november}`);
  const agents = page.getByRole('region', { name: 'Active agents' }).first();
  await expect(
    agents.getByText(/^With so many lines.* Hudson Savings Bank \d+ · [+-]?\d+% · before: \d+/),
  ).toBeVisible();
  await expect(agents.getByRole('group', { name: /^Chart\./ })).toBeVisible();

  const download = page.waitForEvent('download');
  await agents.getByRole('button', { name: 'Download the chart of Active agents as a picture' }).click();
  await download;
  const written = await page.evaluate(
    () => (window as unknown as { written: { text: string; end: number; width: number }[] }).written,
  );
  const texts = written.map((w) => w.text);
  expect(texts).toEqual(expect.arrayContaining(['Active agents', 'All tenants']));
  expect(texts).toContainEqual(
    expect.stringMatching(/^1 Nov 2025 – 29 Nov 2025, days in \d time zones, each tenant’s own$/),
  );
  const tenants = ['Clínica Aurora', 'Hudson Savings Bank', 'Hudson Wealth Advisors', 'Kaufhaus Morgenrot GmbH'];
  expect(texts).toEqual(expect.arrayContaining([...tenants, 'Sahyadri Telecom']));
  expect(written.filter((w) => w.end > w.width)).toEqual([]);
});

test('a click anywhere in a chart opens the nearest number of that day', async ({ page }) => {
  await page.goto(`/dashboards/session-usage?tenant=sahyadri-telecom&${november}`);
  const chart = page.getByRole('region', { name: 'Trend', exact: true }).getByRole('img', { name: /^Line chart/ });
  await expect(chart).toBeVisible();
  const { width } = (await chart.boundingBox()) ?? { width: 0 };
  // In the middle of the days, well below every dot.
  await chart.click({ position: { x: width / 2, y: 200 } });
  const drawer = page.getByRole('dialog', { name: 'Events behind a number' });
  await expect(drawer.getByText(/^Sahyadri Telecom · 1[456] Nov 2025$/)).toBeVisible();
  await page.keyboard.press('Escape');

  const bars = page.getByRole('region', { name: 'By channel' }).getByRole('img', { name: /^Bar chart/ });
  const wide = (await bars.boundingBox()) ?? { width: 0 };
  await bars.click({ position: { x: wide.width - 60, y: 20 } });
  await expect(drawer.getByText(/^Sahyadri Telecom · /)).toBeVisible();
  await expect(page).toHaveURL(/cell=by-channel,/);
});

test('a date that there is not stays as it was written, and the field says so', async ({ page }) => {
  await page.goto(`/dashboards/room-usage?tenant=hudson-savings&${november}`);
  const from = page.getByRole('combobox', { name: 'From' });
  await from.fill('2025-02-31');
  await page.keyboard.press('Tab');
  await expect(from).toHaveValue('2025-02-31');
  await expect(page.getByText('There is no date “2025-02-31”. Write it like 2025-03-31.')).toBeVisible();
  await expect(from).toHaveAttribute('aria-invalid', 'true');
  await accessible(page);
  await page.getByRole('button', { name: 'Show', exact: true }).click();
  await expect(page).toHaveURL(/from=2025-11-01&to=2025-11-29/);

  // Behind the last date: it is taken as soon as that is later.
  await from.fill('2025-12-03');
  await page.keyboard.press('Tab');
  await expect(page.getByText('It can’t be after 29 Nov 2025.')).toBeVisible();
  await page.getByRole('combobox', { name: 'To' }).fill('2025-12-05');
  await expect(page.getByText('It can’t be after')).toHaveCount(0);
  await page.getByRole('button', { name: 'Show', exact: true }).click();
  await expect(page).toHaveURL(/from=2025-12-03&to=2025-12-05/);
});

for (const [locale, day] of [
  ['en-US', 'Su'],
  ['en-GB', 'Mo'],
  ['de-DE', 'Mo'],
] as const) {
  test.describe(locale, () => {
    test.use({ locale });

    test(`weeks of a calendar begin on ${day} for who reads ${locale}`, async ({ page }) => {
      await page.goto(`/dashboards/room-usage?tenant=hudson-savings&${november}`);
      await page.getByRole('combobox', { name: /^(From|Von)$/ }).click();
      await expect(page.getByRole('dialog').getByRole('columnheader').first()).toHaveText(day);
    });
  });
}

test.describe('a tenant that there is not', () => {
  test.use({ expectedErrors: [/status of 404/] });

  test('is told of once for the page, with a way on', async ({ page }) => {
    await page.goto(`/dashboards/service-usage?tenant=nobody&${november}`);
    await expect(page.getByText('There is no tenant "nobody".')).toHaveCount(1);
    await expect(page.getByRole('main').getByText('There is nothing here')).toHaveCount(1);
    await accessible(page);
    await page.getByRole('button', { name: 'Reset filters' }).click();
    await expect(page.getByRole('region', { name: 'Channels' })).toBeVisible();
    await expect(page.getByText('There is nothing here')).toHaveCount(0);
  });
});

test('on a wide screen charts fill their cards, and many bars make none of them long', async ({ page }) => {
  await page.setViewportSize({ width: 1920, height: 1080 });
  await page.goto(`/dashboards/service-usage?all_tenants=true&${november}`);
  await expect(page.getByText(/^\d\d bars, the largest first/)).toBeVisible();
  const agents = page.getByRole('region', { name: 'Active agents' }).first();
  const chart = agents.getByRole('img', { name: /^Line chart/ });
  await expect(chart.locator('canvas')).toBeVisible();
  const [card, drawn] = [await agents.boundingBox(), await chart.locator('canvas').boundingBox()];
  if (!card || !drawn) throw new Error('it is not drawn');
  expect(card.height).toBeLessThan(600);
  expect(card.y + card.height - drawn.y - drawn.height).toBeLessThan(40);

  // The keyboard brings the last bar into sight.
  const bars = page.getByRole('region', { name: 'Channels' }).getByRole('group', { name: /^Chart\./ });
  const last = async () => {
    const [place, box] = [await bars.boundingBox(), await bars.locator('..').boundingBox()];
    return place && box ? place.y + place.height - box.y - box.height : Number.NaN;
  };
  expect(await last()).toBeGreaterThan(100);
  await bars.focus();
  await bars.press('End');
  await expect.poll(last).toBeLessThan(20);
});
