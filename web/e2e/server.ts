import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { request } from '@playwright/test';

/** The first administrator of the server that stories run against. */
export const admin = { name: 'Ada Lovelace', email: 'ada@example.com', password: 'a long enough secret' };

/** The events are of these days, so that pictures and expectations stay the same. */
export const sample = { from: '2025-09-01', days: 91 };

export const program = resolve(import.meta.dirname, '../../bin/tallystick');

/** Starts the program on a fresh data directory with made-up events, and makes its first administrator. What it returns ends it again. */
export default async function start(): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'tallystick-e2e-'));
  if (process.env.SCREENSHOTS || process.env.BENCH) return demonstrate(folder);
  const data = join(folder, 'data');
  const events = join(folder, 'events.jsonl');
  execFileSync(program, ['sample', '--from', sample.from, '--days', String(sample.days), '-o', events]);
  execFileSync(program, ['import', '--data', data, events], { stdio: 'ignore' });
  const { url, state, end } = await serve(folder, '--data', data, '--mailbox', join(folder, 'mailbox'));
  process.env.TALLYSTICK_URL = url;
  process.env.TALLYSTICK_STATE = state;
  return async () => {
    await end();
    rmSync(folder, { recursive: true });
  };
}

/** Starts the demonstration, which has something on every page, and signs in as who may do everything. */
async function demonstrate(folder: string): Promise<() => Promise<void>> {
  const server = spawn(program, ['demo', '--data', join(folder, 'demo'), '--listen', '127.0.0.1:0'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const url = await new Promise<string>((found, failed) => {
    let said = '';
    server.once('exit', (code) => failed(new Error(`the demonstration ended with ${code}`)));
    server.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const at = /is ready at (http:\S+)/.exec(said)?.[1];
      if (at) found(at);
    });
  });
  const state = join(folder, 'state.json');
  const api = await request.newContext({ baseURL: url });
  await post(api, '/api/v1/session', { email: 'ada@meridian.example', password: 'twelve calm otters' });
  await api.storageState({ path: state });
  await api.dispose();
  process.env.TALLYSTICK_URL = url;
  process.env.TALLYSTICK_STATE = state;
  return async () => {
    const ended = new Promise((done) => server.once('exit', done));
    server.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true });
  };
}

/** Starts a server, makes its first administrator, whose session is put into a file of the folder, and waits until reports are answered. */
export async function serve(folder: string, ...args: string[]) {
  const server = spawn(program, ['serve', '--listen', '127.0.0.1:0', ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  const { url, token } = await announced(server);
  const state = join(folder, 'state.json');
  const api = await request.newContext({ baseURL: url });
  await post(api, '/api/v1/links/use', { token, ...admin });
  await post(api, '/api/v1/session', { email: admin.email, password: admin.password });
  await api.storageState({ path: state });
  await ready(api);
  await api.dispose();
  const end = async () => {
    const ended = new Promise((done) => server.once('exit', done));
    server.kill('SIGTERM');
    await ended;
  };
  return { url, state, end };
}

type Api = Awaited<ReturnType<typeof request.newContext>>;

async function post(api: Api, path: string, data: object): Promise<void> {
  const answer = await api.post(path, { data });
  if (!answer.ok()) throw new Error(`${path}: ${answer.status()} ${await answer.text()}`);
}

/** Waits until reports are answered. */
async function ready(api: Api): Promise<void> {
  for (let i = 0; i < 300; i++) {
    if ((await api.get('/readyz')).ok()) return;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error('the server did not get ready in 30 seconds');
}

/** Where the server says it is, and the token of the link that makes the first administrator. */
function announced(server: ChildProcess): Promise<{ url: string; token: string }> {
  return new Promise((found, failed) => {
    let said = '';
    server.once('exit', (code) => failed(new Error(`the server ended with ${code}: ${said}`)));
    server.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const url = /serving .* at (http:\S+)/.exec(said)?.[1];
      const token = /welcome#(\w+)/.exec(said)?.[1];
      if (url && token) found({ url, token });
    });
  });
}
