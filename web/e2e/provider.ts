import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { request } from '@playwright/test';

const folder = resolve(import.meta.dirname, '../../internal/api/testdata/oidc-provider');

/** Starts the provider of OpenID Connect that the server's own tests sign in at, for a server. The accounts are what it says of them, by name. */
export async function startProvider(server: string, accounts: Record<string, object>) {
  if (!existsSync(join(folder, 'node_modules/oidc-provider')))
    execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder, timeout: 120_000 });
  const provider = spawn('node', ['provider.js', `${server}/api/v1/oidc/callback`], {
    cwd: folder,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const issuer = await new Promise<string>((found, failed) => {
    provider.once('exit', (code) => failed(new Error(`the provider ended with ${code}`)));
    provider.stdout.once('data', (line: Buffer) => found(JSON.parse(line.toString()).userinfo));
  });
  const api = await request.newContext();
  const answer = await api.post(`${issuer}/accounts`, { data: accounts });
  if (!answer.ok()) throw new Error(`the provider takes no accounts: ${answer.status()}`);
  await api.dispose();
  const settings = {
    oidc_issuer: issuer,
    oidc_client_id: 'tallystick',
    oidc_client_secret: 'first: secret/+%',
    oidc_name: 'Northwind',
  };
  const end = async () => {
    const ended = new Promise((done) => provider.once('exit', done));
    provider.stdin.end();
    await ended;
  };
  return { settings, end };
}
