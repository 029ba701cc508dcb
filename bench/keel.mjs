// Keel under test: real PostgreSQL, API and worker processes, every guard on.
import { fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { once } from 'node:events';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startEmbedded } from '../dist/platform/embedded/embedded.js';

const dist = (name) => fileURLToPath(new URL(`../dist/${name}.js`, import.meta.url));
/** As `npm start` and docker/compose.yaml start the worker. */
const WORKER_MEMORY = ['--max-semi-space-size=8', '--max-old-space-size=320'];
const ADMIN = { email: 'admin@example.com', password: 'bench and nothing but bench' };

/** Starts a program of ours and waits until it says it is ready. */
export async function startProgram(path, args, env = {}, execArgv = [], options = {}) {
  const child = fork(path, args, {
    env: { ...process.env, ...env },
    execArgv,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    ...options,
  });
  const [message] = await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(([code]) => Promise.reject(new Error(`${path} ended with ${code}`))),
  ]);
  return { child, message, stop: () => stop(child) };
}

async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 15_000);
  await once(child, 'exit');
  clearTimeout(timer);
}

/** Memory a process holds and has held at most, in MB. */
export function memoryOf(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const megabytes = (name) =>
    Math.round(Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) / 1024);
  return { now: megabytes('VmRSS'), peak: megabytes('VmHWM') };
}

export async function startKeel(dataDir) {
  const postgres = await startEmbedded({ dataDir });
  const env = {
    DATABASE_URL: postgres.url,
    KEEL_ADMIN_EMAIL: ADMIN.email,
    KEEL_ADMIN_PASSWORD: ADMIN.password,
    THROTTLE_LIMIT: '100000000',
    LOG_LEVEL: 'warn',
    HOST: '127.0.0.1',
    PORT: '0',
  };
  const migration = fork(dist('migrate'), [], { env: { ...process.env, ...env }, stdio: 'ignore' });
  await once(migration, 'exit');
  const [cached, uncached, worker] = await Promise.all([
    startProgram(dist('main'), [], env),
    startProgram(dist('main'), [], { ...env, CACHE_MEGABYTES: '0' }),
    startProgram(dist('worker'), [], env, WORKER_MEMORY, { detached: true }),
  ]);
  const url = cached.message.url;
  const { accessToken } = await request(url, {}, 'POST', '/v1/auth/login', ADMIN);
  const session = { authorization: `Bearer ${accessToken}` };
  const key = await request(url, session, 'POST', '/v1/api-keys', { name: 'bench', scopes: ['*'] });
  const headers = { authorization: `Bearer ${key.key}`, 'content-type': 'application/json' };
  const me = await request(url, session, 'GET', '/v1/auth/me');
  return {
    postgres,
    worker,
    cachedUrl: url,
    uncachedUrl: uncached.message.url,
    headers,
    workspace: me.workspace.id,
    call: (method, path, body) => request(url, headers, method, path, body),
    /** Stops the API process that keeps no answers; the other one is alone from then on. */
    stopSecond: () => uncached.stop(),
    upload: (path, options) => upload(url, headers, path, options),
    async stop() {
      await Promise.all([cached, uncached, worker].map((program) => program.stop()));
      await postgres.stop();
    },
  };
}

async function request(url, headers, method, path, body) {
  const send = () =>
    fetch(url + path, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  let response = await send();
  // A busy machine may be too slow at first for what takes requests only as fast as it can answer.
  for (let attempt = 0; response.status === 503 && attempt < 10; attempt += 1) {
    await sleep(2000);
    response = await send();
  }
  if (!response.ok)
    throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

async function upload(url, headers, path, options) {
  const { openAsBlob } = await import('node:fs');
  const form = new globalThis.FormData();
  form.append('options', JSON.stringify(options));
  form.append('file', await openAsBlob(path), basename(path));
  const response = await fetch(`${url}/v1/imports`, {
    method: 'POST',
    headers: { authorization: headers.authorization },
    body: form,
  });
  if (!response.ok) throw new Error(`import: ${response.status} ${await response.text()}`);
  return response.json();
}
