import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { startServer } from '../support/server.js';
import type { Client, TestServer } from '../support/server.js';
import { eventually } from '../support/worker-app.js';

/** Reminders, when those who fire them die. */
let server: TestServer;
let owner: Client;
const workers: ChildProcess[] = [];

beforeAll(async () => {
  server = await startServer();
  owner = await server.createWorkspace('Reminded');
});

afterAll(async () => {
  for (const worker of workers) worker.kill('SIGKILL');
  await server.close();
});

function startWorker(env: Record<string, string> = {}): ChildProcess {
  const program = join(import.meta.dirname, '..', 'support', 'programs', 'reminder-worker.mjs');
  const child = spawn(process.execPath, [program], {
    env: { ...process.env, DATABASE_URL: server.database.url, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  workers.push(child);
  return child;
}

async function remindOf(subjects: readonly string[]): Promise<void> {
  const reminderAt = new Date(Date.now() + 500).toISOString();
  const records = subjects.map((subject) => ({ type: 'task', subject, reminderAt }));
  await owner.expect(200, 'POST', '/v1/activities/batch', { operation: 'create', records });
}

async function fired(): Promise<string[]> {
  const { body } = await owner.expect(200, 'GET', '/v1/events?types=activity.reminder&limit=500');
  return body.data.map(({ changes }: { changes: { subject: string } }) => changes.subject).sort();
}

describe('a reminder', () => {
  test('fires once, though a worker dies when it has written it and another takes over', async () => {
    await remindOf(['Call back']);
    for (let death = 1; death <= 2; death += 1) {
      const [, signal] = (await once(startWorker({ DIE: '1' }), 'exit')) as [number, string];
      expect(signal).toBe('SIGKILL');
      expect(await fired()).toEqual([]);
    }
    startWorker();
    await eventually(fired, (subjects) => subjects.length > 0);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(await fired()).toEqual(['Call back']);
  }, 60_000);

  test('fires once however many workers look for it', async () => {
    for (let more = 0; more < 2; more += 1) startWorker();
    const subjects = Array.from({ length: 300 }, (_, n) => `R ${String(n).padStart(3, '0')}`);
    await remindOf(subjects);
    await eventually(fired, (found) => found.length > 300);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(await fired()).toEqual(['Call back', ...subjects]);
  }, 60_000);
});
