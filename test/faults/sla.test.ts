import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Clock } from '../../src/common/clock.js';
import { startServer } from '../support/server.js';
import type { Client, TestServer } from '../support/server.js';
import { OFFICE, told } from '../support/sla-fixture.js';
import { eventually } from '../support/worker-app.js';

/** What is promised to customers, when those who look after it die. */
let server: TestServer;
let owner: Client;
let now = Date.parse('2031-12-24T14:00:00Z');
const workers: ChildProcess[] = [];

beforeAll(async () => {
  server = await startServer();
  server.app.get(Clock, { strict: false }).now = () => now;
  owner = await server.createWorkspace('Served');
  await owner.expect(201, 'POST', '/v1/sla-policies', {
    name: 'Everybody',
    targets: { normal: { resolutionMinutes: 600 } },
    ...{ timeZone: 'Europe/Berlin', workingHours: OFFICE, holidays: ['2031-12-25'] },
    escalations: [
      {
        ...{ when: 'breach', target: 'resolution', afterMinutes: 30 },
        actions: [
          { type: 'addTag', tag: 'late' },
          { type: 'notify', userIds: [owner.userId] },
        ],
      },
    ],
  });
}, 60_000);

afterAll(async () => {
  for (const worker of workers) worker.kill('SIGKILL');
  await server.close();
});

function startWorker(at: string, env: Record<string, string> = {}): ChildProcess {
  const program = join(import.meta.dirname, '..', 'support', 'programs', 'sla-worker.mjs');
  const child = spawn(process.execPath, [program], {
    env: { ...process.env, DATABASE_URL: server.database.url, NOW: at, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  workers.push(child);
  return child;
}

async function stop(worker: ChildProcess): Promise<void> {
  const ended = once(worker, 'exit');
  worker.kill('SIGKILL');
  await ended;
}

async function dieAt(time: string): Promise<void> {
  const [, signal] = (await once(startWorker(time, { DIE: '1' }), 'exit')) as [number, string];
  expect(signal).toBe('SIGKILL');
}

const ticket = async (): Promise<string> =>
  (await owner.expect(201, 'POST', '/v1/tickets', { subject: 'Broken' })).body.id;

const types = async (id: string) => (await told(owner, id)).map(({ type }) => type);

/** Waits until something is told, then until all workers have looked again since. */
async function settled(id: string, type: string): Promise<string[]> {
  await eventually(
    () => types(id),
    (found) => found.includes(type),
    30_000,
  );
  await new Promise((resolve) => setTimeout(resolve, 1500));
  return types(id);
}

describe('a promise', () => {
  test('is warned of and broken once, though workers die between and within both', async () => {
    const id = await ticket();
    // Before its time nothing happens; at its time a worker dies with it, and another takes over.
    await dieAt('2031-12-26T14:00:00Z');
    expect(await types(id)).toEqual([]);
    const first = startWorker('2031-12-26T14:00:00Z');
    expect(await settled(id, 'sla_warning')).toEqual(['sla_warning']);
    await stop(first);

    // The promise is broken on Friday evening; all are dead until Monday.
    now = Date.parse('2031-12-29T09:00:00Z');
    for (let death = 1; death <= 2; death += 1) {
      await dieAt('2031-12-29T09:00:00Z');
      expect(await types(id)).toEqual(['sla_warning']);
    }
    const { body: untouched } = await owner.expect(200, 'GET', `/v1/tickets/${id}`);
    expect(untouched).toMatchObject({ slaState: 'atRisk', tags: [] });
    startWorker('2031-12-29T09:00:00Z');
    const all = ['sla_warning', 'sla_breached', 'escalated'];
    expect(await settled(id, 'escalated')).toEqual(all);
    const { body } = await owner.expect(200, 'GET', `/v1/tickets/${id}`);
    expect(body).toMatchObject({ slaState: 'breached', tags: ['late'] });
    const broken = (await told(owner, id))[1]?.changes;
    expect(broken).toMatchObject({ dueAt: '2031-12-26T16:00:00.000Z' });
  }, 120_000);

  test('is broken once however many workers look, while tickets go on to change', async () => {
    now = Date.parse('2032-01-05T08:00:00Z');
    const records = Array.from({ length: 300 }, (_, n) => ({ subject: `S ${n}` }));
    const batch = { operation: 'create', records };
    const made = await owner.expect(200, 'POST', '/v1/tickets/batch', batch);
    const ids: string[] = made.body.results.map(({ id }: { id: string }) => id);
    const time = '2032-01-09T08:00:00Z';
    now = Date.parse(time);
    for (let more = 0; more < 2; more += 1) startWorker(time);
    const update = ids.map((id) => ({ id, subject: 'Changed' }));
    await owner.expect(200, 'POST', '/v1/tickets/batch', { operation: 'update', records: update });
    const escalated = async (): Promise<number> => {
      const path = '/v1/tickets?filter[tags][has]=late&filter[subject]=Changed&count=exact';
      return (await owner.expect(200, 'GET', path)).body.page.total as number;
    };
    await eventually(escalated, (count) => count === 300, 60_000);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const seen = new Map<string, number>();
    const page =
      '/v1/events?types=ticket.sla_breached,ticket.escalated,ticket.sla_warning&limit=500';
    for (let path = page; ;) {
      const { body } = await owner.expect(200, 'GET', path);
      for (const { type, recordIds } of body.data) {
        const key = `${type} ${recordIds[0]}`;
        if (ids.includes(recordIds[0])) seen.set(key, (seen.get(key) ?? 0) + 1);
      }
      if (!body.page.hasMore) break;
      path = `${page}&after=${encodeURIComponent(body.page.nextCursor)}`;
    }
    expect(seen.size).toBe(900);
    expect(new Set(seen.values())).toEqual(new Set([1]));
  }, 180_000);
});
