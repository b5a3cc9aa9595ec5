import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';
import { serve } from './server';
import { expect, nobody, test } from './story';

test.use(nobody);

/** A mail server on this machine that takes everything. */
async function sink() {
  const mails: string[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, _session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        mails.push(Buffer.concat(chunks).toString());
        done();
      });
    },
  });
  await new Promise<void>((up) => server.listen(0, '127.0.0.1', up));
  const { port } = server.server.address() as AddressInfo; // it listens at a port
  return { mails, port, end: () => new Promise<void>((down) => server.close(down)) };
}

test('mail is set up, tried, and arrives', async ({ browser }) => {
  test.slow();
  const folder = mkdtempSync(join(tmpdir(), 'tallystick-mail-'));
  const mail = await sink();
  const { url, state, end } = await serve(folder, '--data', join(folder, 'data'));
  const context = await browser.newContext({ baseURL: url, storageState: state });
  const page = await context.newPage();
  try {
    await page.goto('/settings');
    const group = page.getByRole('region', { name: 'Mail', exact: true });
    await group.getByLabel('Mail server').fill('127.0.0.1');
    await group.getByLabel('Port', { exact: true }).fill(String(mail.port));
    await group.getByRole('combobox', { name: 'Encryption' }).click();
    await page.getByRole('option', { name: /^None/ }).click();
    await group.getByLabel('Sender’s address').fill('usage@example.com');
    await group.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByText('Saved: Mail.')).toBeVisible();
    await expect(async () => {
      await group.getByRole('button', { name: 'Send test' }).click();
      await expect.poll(() => mail.mails.length, { timeout: 3000 }).toBeGreaterThan(0);
    }).toPass({ timeout: 30_000 });
    expect(mail.mails[0]).toMatch(/^To: .*ada@example.com/m);
    expect(mail.mails[0]).toMatch(/^From: .*usage@example.com/m);
  } finally {
    await context.close();
    await end();
    await mail.end();
    rmSync(folder, { recursive: true });
  }
});
