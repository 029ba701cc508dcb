import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { figuresOf, makeCampaign, openPurpose, untilStatus } from '../support/campaign-fixture.js';
import { query } from '../support/database.js';
import { startServer } from '../support/server.js';
import type { Client, TestServer } from '../support/server.js';
import { startMailCounter } from '../support/mail-counter.js';
import type { MailCounter } from '../support/mail-counter.js';
import { eventually } from '../support/worker-app.js';

/** Campaigns whose workers are killed while they send; a bench asks for more of them. */
const CONTACTS = Number(process.env['CAMPAIGN_CONTACTS'] ?? 2000);
const KILLS = 5;
/** Milliseconds that sending to all may take: 50 mails a second, and the starts of the workers. */
const LIMIT = 180_000 + CONTACTS * 20;
/** A worker's lease in milliseconds: its own where many mails keep the machine busy. */
const LEASE = CONTACTS > 5000 ? 10_000 : 1500;
/** As `npm start` and docker/compose.yaml start the worker. */
const WORKER_MEMORY = ['--max-semi-space-size=8', '--max-old-space-size=320'];
/** Megabytes that a worker may take at most, however many mails it sends. */
const MOST_MEMORY = 500;
/** The server's connections: at most so many mails are under way when a worker dies. */
const CONNECTIONS = 5;

let server: TestServer;
let smtp: MailCounter;
let owner: Client;
let journals: string;
const workers: ChildProcess[] = [];

beforeAll(async () => {
  server = await startServer();
  smtp = await startMailCounter();
  const boss = await server.createWorkspace('Faults');
  // A key, which does not expire while the workers are killed.
  const key = { name: 'Faults', scopes: ['*'] };
  const { body } = await boss.expect(201, 'POST', '/v1/api-keys', key);
  owner = boss.with({ token: body.key });
  await openPurpose(owner);
  journals = await mkdtemp(join(tmpdir(), 'keel-journals-'));
}, 60_000);

afterEach(() => {
  for (const worker of workers.splice(0)) worker.kill('SIGKILL');
});

afterAll(async () => {
  await smtp.stop();
  await server.close();
  await rm(journals, { recursive: true });
});

async function startWorker(
  folder = journals,
  settings: Record<string, string> = {},
): Promise<ChildProcess> {
  const program = join(import.meta.dirname, '..', 'support', 'programs', 'campaign-worker.mjs');
  const child = spawn(process.execPath, [...WORKER_MEMORY, program], {
    env: {
      ...process.env,
      ...{ DATABASE_URL: server.database.url, JOURNALS: folder, MAIL_FROM: 'crm@keel.example' },
      ...{ LEASE: String(LEASE), ...settings },
      SMTP_URL: `${smtp.url}?maxConnections=${CONNECTIONS}`,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  workers.push(child);
  await once(child.stdout, 'data');
  return child;
}

/** Megabytes that a process has taken at most. */
async function memoryOf({ pid }: ChildProcess): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]) / 1024);
}

async function kill(worker: ChildProcess): Promise<void> {
  const gone = once(worker, 'exit');
  worker.kill('SIGKILL');
  await gone;
}

let attempts = 0;

/** A tag that no attempt at a test has used before. */
const fresh = (tag: string): string => tag + '-'.repeat((attempts += 1));

/** Contacts with a tag, and their addresses. */
async function fill(tag: string, count: number): Promise<void> {
  await query(
    server.database.superuserUrl,
    `with made as (
       insert into contacts (workspace_id, id, first_name, last_name, email, tags)
       select '${owner.workspaceId}', gen_random_uuid(), 'N' || n, '${tag}',
         '${tag}' || n || '@faults.example', '{${tag}}' from generate_series(1, ${count}) n
       returning workspace_id, id)
     insert into record_index (workspace_id, object, record_id, key, value, uniq)
     select workspace_id, 'contact', id, 'tags', '${tag}', false from made`,
  );
}

/**
 * Starts workers and kills them, each after another part of the mails, until all are dead.
 * @returns megabytes that the largest of them took.
 */
async function killing(tag: string, count: number): Promise<number> {
  let memory = 0;
  for (let death = 1; death <= KILLS; death += 1) {
    const worker = await startWorker();
    const part = ((death - 0.5 + Math.random() * 0.4) / (KILLS + 1)) * count;
    await eventually(
      () => smtp.count(tag),
      (received) => received >= part,
      LIMIT,
    );
    memory = Math.max(memory, await memoryOf(worker));
    await kill(worker);
  }
  expect(smtp.count(tag)).toBeLessThan(count);
  return memory;
}

/** What a campaign says of each of its mails, against what the server has. */
async function compared(id: string, tag: string) {
  const rows: { state: string; email: string }[] = await query(
    server.database.superuserUrl,
    `select r.state, c.email from campaign_recipients r
     join contacts c on c.workspace_id = r.workspace_id and c.id = r.contact_id
     where r.campaign_id = '${id}'`,
  );
  const arrived = smtp.addresses(tag);
  const of = (state: string) => rows.filter((row) => row.state === state);
  const missing = (state: string) => of(state).filter(({ email }) => !arrived.has(email)).length;
  return {
    ...{ duplicates: smtp.twice(tag).length, lost: missing('sent') },
    ...{ uncertain: of('uncertain').length, uncertainAndLacking: missing('uncertain') },
  };
}

describe(`a campaign to ${CONTACTS} contacts whose worker is killed ${KILLS} times`, () => {
  test(
    'sends to each exactly one mail, counted at the mail server',
    async () => {
      const tag = fresh('each');
      await fill(tag, CONTACTS);
      const { id } = await makeCampaign(owner, tag);
      await owner.expect(200, 'POST', `/v1/campaigns/${id}/send`, {});
      const begun = Date.now();
      const memory = await killing(tag, CONTACTS);
      const last = await startWorker();
      await eventually(
        () => smtp.count(tag),
        (received) => received >= CONTACTS - KILLS,
        LIMIT,
      );
      await untilStatus(owner, id, 'sent', LIMIT);
      const seconds = (Date.now() - begun) / 1000;
      const megabytes = Math.max(memory, await memoryOf(last));
      const counts = await compared(id, tag);
      const told = { contacts: CONTACTS, kills: KILLS, seconds, megabytes, ...counts };
      process.stdout.write(
        `${JSON.stringify({ ...told, perSecond: Math.round(CONTACTS / seconds) })}\n`,
      );
      // Nobody got two, and everybody got one, but for whose mail a worker died in the very moment
      // that it ended: those are told, and nobody else lacks one.
      const { sent, uncertain, ...figures } = await figuresOf(owner, id);
      expect(counts).toMatchObject({ duplicates: 0, lost: 0, uncertain });
      expect(uncertain).toBeLessThanOrEqual(KILLS);
      expect(sent + uncertain).toBe(CONTACTS);
      expect(smtp.count(tag)).toBe(CONTACTS - counts.uncertainAndLacking);
      expect(megabytes).toBeLessThan(MOST_MEMORY);
      expect(figures).toMatchObject({ recipients: CONTACTS, waiting: 0, failed: 0 });
      // And the timelines of all of them say so, once.
      const [noted] = await query(
        server.database.superuserUrl,
        `select count(*)::int as entries, count(distinct r.record_id)::int as contacts
       from event_records r join events e on e.id = r.event_id
       where e.source = 'campaign:${id}'`,
      );
      expect(noted).toEqual({ entries: sent, contacts: sent });
    },
    2 * LIMIT,
  );
});

describe('a campaign whose workers die with their machines', () => {
  test('sends nothing twice, says what is uncertain, and goes on by hand', async () => {
    const count = 600;
    const tag = fresh('lost');
    await fill(tag, count);
    const { id } = await makeCampaign(owner, tag);
    await owner.expect(200, 'POST', `/v1/campaigns/${id}/send`, {});
    for (let death = 1; death <= KILLS; death += 1) {
      // Each on a machine of its own: nobody can read its journal.
      const folder = await mkdtemp(join(journals, 'machine-'));
      const worker = await startWorker(folder);
      const part = (death / (KILLS + 1)) * count;
      await eventually(
        () => smtp.count(tag),
        (received) => received >= part,
        120_000,
      );
      await kill(worker);
      await rm(folder, { recursive: true });
    }
    await startWorker();
    await untilStatus(owner, id, 'sent', 240_000);
    const { sent, uncertain } = await figuresOf(owner, id);
    expect(smtp.twice(tag)).toEqual([]);
    expect(uncertain).toBeLessThanOrEqual(CONNECTIONS * KILLS);
    expect(sent + uncertain).toBe(count);
    // Whoever got none is among those.
    expect(smtp.count(tag)).toBeGreaterThanOrEqual(sent);
    await owner.expect(200, 'POST', `/v1/campaigns/${id}/uncertain`, { as: 'resend' });
    await untilStatus(owner, id, 'sent', 60_000);
    expect(await figuresOf(owner, id)).toMatchObject({ sent: count, uncertain: 0 });
    expect(smtp.count(tag)).toBe(count);
    // What was sent once more has the Message-ID that it had, by which it can be known.
    expect(smtp.twice(tag).length).toBeLessThanOrEqual(uncertain);
    expect(smtp.messageIds(tag).size).toBe(count);
  }, 600_000);
});

describe('a test whose worker dies when it is decided', () => {
  const eventsOf = async (id: string): Promise<string[]> => {
    const { body } = await owner.expect(200, 'GET', `/v1/campaigns/${id}/timeline?limit=100`);
    return body.data
      .map(({ type }: { type: string }) => type)
      .filter((type: string) => type === 'campaign.winnerChosen');
  };

  test('is decided once, and the winner goes to each of the others once', async () => {
    const tag = fresh('ab');
    await fill(tag, 40);
    const variants = ['A', 'B'].map((name) => ({ name, share: 1, subject: name }));
    const { id } = await makeCampaign(owner, tag, {
      ...{ variants, testPercent: 50, winnerBy: 'clicks', winnerAfterMinutes: 60 },
    });
    await owner.expect(200, 'POST', `/v1/campaigns/${id}/send`, {});
    const first = await startWorker();
    await eventually(
      () => figuresOf(owner, id),
      ({ sent, waiting }) => sent === 20 && waiting === 20,
      120_000,
    );
    await kill(first);
    // Its time comes while nobody is there; who comes dies with the decision, and with the job.
    for (const [death, chosen] of [
      ['within', 0],
      ['after', 1],
    ] as const) {
      const worker = await startWorker(journals, { JUMP: '61', DIE: death });
      if (worker.exitCode === null && worker.signalCode === null) await once(worker, 'exit');
      expect(worker.signalCode).toBe('SIGKILL');
      expect(await eventsOf(id)).toHaveLength(chosen);
    }
    await Promise.all([1, 2].map(() => startWorker(journals, { JUMP: '61' })));
    await untilStatus(owner, id, 'sent', 120_000);
    expect(await eventsOf(id)).toHaveLength(1);
    expect([smtp.count(tag), smtp.twice(tag)]).toEqual([40, []]);
    expect(await figuresOf(owner, id)).toMatchObject({ sent: 40, waiting: 0, winnerAt: null });
  }, 600_000);
});
