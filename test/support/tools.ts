import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chown, mkdir, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findAccount } from '../../src/platform/embedded/account.js';
import { findTool } from './tool-download.js';

/** A server started for one test file. */
export interface RunningTool {
  url: string;
  /** For tests that kill or pause it. */
  pid: number;
  stop(): Promise<void>;
}

/** Starts a Redis of our own, which keeps nothing on the disk and evicts nothing. */
export async function startRedis(): Promise<RunningTool> {
  const tool = await findTool({
    command: 'redis-server',
    packages: ['redis-server', 'redis-tools'],
  });
  const folder = await makeFolder();
  const port = await findFreePort();
  const settings = {
    port: String(port),
    bind: '127.0.0.1',
    dir: folder,
    save: '',
    appendonly: 'no',
    'maxmemory-policy': 'noeviction',
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
  const process = await start(tool.path, flags, port, folder, { env: tool.env });
  return { url: `redis://127.0.0.1:${port}`, ...process };
}

/**
 * Starts a pgbouncer with transaction pooling in front of a database.
 * @param databaseUrl where it leads; clients sign in with the same role and password.
 * @param poolSize connections it holds to PostgreSQL: fewer than its clients use at once.
 */
export async function startPgbouncer(databaseUrl: string, poolSize = 4): Promise<RunningTool> {
  const tool = await findTool({ command: 'pgbouncer', packages: ['pgbouncer'] });
  const folder = await makeFolder();
  const port = await findFreePort();
  const database = new URL(databaseUrl);
  const config = join(folder, 'pgbouncer.ini');
  const users = join(folder, 'users.txt');
  const settings: Record<string, string | number> = {
    listen_addr: '127.0.0.1',
    listen_port: port,
    unix_socket_dir: '',
    auth_type: 'scram-sha-256',
    auth_file: users,
    pool_mode: 'transaction',
    default_pool_size: poolSize,
    max_client_conn: 200,
    log_connections: 0,
    log_disconnections: 0,
  };
  // It refuses to stay root, as PostgreSQL does.
  const account = await findAccount(folder);
  if (account) settings.user = account.name;
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}`);
  const target = `* = host=${database.hostname} port=${database.port}`;
  await writeFile(config, ['[databases]', target, '[pgbouncer]', ...lines, ''].join('\n'));
  await writeFile(users, `"${database.username}" "${database.password}"\n`);
  if (account) await Promise.all([config, users].map((p) => chown(p, account.uid, account.gid)));
  const process = await start(tool.path, [config], port, folder, { env: tool.env });
  return { url: Object.assign(new URL(databaseUrl), { port }).href, ...process };
}

async function start(
  path: string,
  flags: string[],
  port: number,
  folder: string,
  options: SpawnOptions,
): Promise<{ pid: number; stop: () => Promise<void> }> {
  const child = spawn(path, flags, { ...options, cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-4096);
    });
  }
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', (error) => {
      output += error.message;
      resolve();
    });
  });
  const stop = () => stopProcess(child, gone).then(() => rm(folder, { recursive: true }));
  const isReady = await Promise.race([gone.then(() => false), waitForPort(port)]);
  if (isReady) return { pid: child.pid as number, stop };
  await stop();
  throw new Error(`${path} did not start: ${output}`);
}

async function stopProcess(child: ChildProcess, gone: Promise<void>): Promise<void> {
  child.kill('SIGTERM');
  // A paused process acts on no other signal.
  const last = setTimeout(() => child.kill('SIGKILL'), 3000);
  await gone;
  clearTimeout(last);
}

async function waitForPort(port: number): Promise<boolean> {
  for (let attempt = 0; attempt < 400; attempt += 1) {
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true));
      socket.once('error', () => resolve(false)).once('close', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
    if (isOpen) return true;
    await sleep(25);
  }
  return false;
}

/** Open to the account a server runs as when root runs the tests. */
async function makeFolder(): Promise<string> {
  const folder = join(tmpdir(), `keel-tool-${randomUUID()}`);
  await mkdir(folder, { mode: 0o755 });
  return folder;
}

/** A port of 127.0.0.1 nothing listens on. */
export async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
