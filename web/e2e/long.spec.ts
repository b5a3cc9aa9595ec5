import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { program, serve } from './server';
import { expect, nobody, test } from './story';

test.use(nobody);

const [rooms, users] = [500, 200];

/** So many rooms with as many members each, and a message in each room: room-usage has a row for every member of a room. */
function events(): string {
  const lines: string[] = [];
  const add = (type: string, time: string, data: object) =>
    lines.push(
      JSON.stringify({ specversion: '1.0', id: `${lines.length}`, source: 'long', type, tenant: 'long', time, data }),
    );
  const [before, then] = ['2025-10-01T00:00:00Z', '2025-11-03T10:00:00Z'];
  add('tenant.upserted', before, { company_name: 'Long Tables Ltd', time_zone: 'UTC' });
  for (let u = 0; u < users; u++)
    add('user.upserted', before, { user_id: `u-${u}`, first_name: 'User', last_name: `${u}` });
  for (let r = 0; r < rooms; r++) {
    const room_id = `room-${r}`;
    const contact = `contact-${r}`;
    add('room.upserted', before, { room_id, name: `Desk ${r}`, kind: 'group' });
    add('room.member.added', before, { room_id, member_kind: 'contact', member_id: contact });
    for (let u = 0; u < users; u++)
      add('room.member.added', before, { room_id, member_kind: 'user', member_id: `u-${u}` });
    const message = { message_id: `m-${r}`, direction: 'inbound', sender_kind: 'contact', sender_id: contact };
    add('message.sent', then, { ...message, room_id, contact_id: contact });
  }
  return lines.join('\n');
}

test('of a hundred thousand rows those in sight alone are in the page, from the first to the last', async ({
  browser,
}) => {
  test.slow();
  const folder = mkdtempSync(join(tmpdir(), 'tallystick-long-'));
  const [data, file] = [join(folder, 'data'), join(folder, 'events.jsonl')];
  writeFileSync(file, events());
  execFileSync(program, ['import', '--data', data, '--strict', file], { stdio: 'ignore' });
  const { url, state, end } = await serve(folder, '--data', data);
  const context = await browser.newContext({ baseURL: url, storageState: state, locale: 'en-GB' });
  const page = await context.newPage();
  try {
    await page.goto('/dashboards/room-usage?tenant=long&from=2025-11-01&to=2025-11-29');
    await expect(page.getByText('100,000 rows')).toBeVisible();
    const view = page.getByRole('region', { name: 'Rows of Rooms' });
    await expect(view.getByRole('table')).toHaveAttribute('aria-rowcount', '100001');
    for (const [place, seen] of [
      [0, 2],
      [0.5, 50_001],
      [1, 100_001],
    ] as const) {
      await view.evaluate((e, at) => e.scrollTo({ top: e.scrollHeight * at, behavior: 'instant' }), place);
      await expect(view.locator(`tr[aria-rowindex="${seen}"]`)).toBeVisible();
      expect(await view.locator('tbody tr').count()).toBeLessThan(100);
    }
    // Sorted the other way round, the last row is another.
    const head = page.getByRole('columnheader', { name: 'UserName' });
    await head.getByRole('button').click();
    await head.getByRole('button').click();
    await expect(head).toHaveAttribute('aria-sort', 'descending');
    await expect(view.locator('tr[aria-rowindex="100001"]').getByRole('cell').nth(2)).toHaveText('User 0');
  } finally {
    await context.close();
    await end();
    rmSync(folder, { recursive: true });
  }
});
