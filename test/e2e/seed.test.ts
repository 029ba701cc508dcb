import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { consents } from '../../src/cli/seed/consents.js';
import { FILES } from '../../src/cli/seed/files.js';
import { SeedPlan } from '../../src/cli/seed/plan.js';
import { FORECAST_BY } from '../../src/modules/forecast/forecast.dto.js';
import {
  FUNNEL_BY,
  RFM_BY,
  SALES_BY,
  TICKETS_BY,
} from '../../src/modules/reports/report-params.dto.js';
import { SegmentUpkeep } from '../../src/modules/segments/index.js';
import { Sequencer } from '../../src/platform/outbox/sequencer.js';
import { SearchFiller } from '../../src/platform/search/search-filler.js';
import { startWorker } from '../support/imports.js';
import { until, watchProcess } from '../support/keel-process.js';
import type { WatchedProcess } from '../support/keel-process.js';
import { startServer } from '../support/server.js';
import type { Client, TestServer } from '../support/server.js';

/** The command line, as `npm run seed` runs it, on the smallest size. */
const LIMIT = 400_000;
const today = new Date().toISOString().slice(0, 10);
const plan = new SeedPlan({ size: 'small', seed: 1, until: today });

let server: TestServer;
let worker: INestApplicationContext;
let house: Client;
let key: string;

beforeAll(async () => {
  server = await startServer();
  worker = await startWorker(server.config);
  worker.get(SearchFiller).start();
  worker.get(Sequencer).start();
  worker.get(SegmentUpkeep).start();
  house = await server.createWorkspace('Coffee');
  const wanted = { name: 'seed', scopes: ['*'] };
  key = (await house.expect(201, 'POST', '/v1/api-keys', wanted)).body.key;
}, 60_000);

afterAll(async () => {
  await worker.close();
  await server.close();
});

function seed(...flags: string[]): WatchedProcess {
  const program = join(process.env.KEEL_TEST_BUILD as string, 'cli.js');
  const env = { PATH: process.env.PATH, KEEL_URL: server.url, KEEL_API_KEY: key };
  const args = [program, 'seed', '--size', 'small', '--until', today, ...flags];
  return watchProcess(spawn(process.execPath, args, { env, cwd: tmpdir() }));
}

/** What a run told when it was over. */
async function ended(run: WatchedProcess): Promise<string[]> {
  expect([await run.exited, run.stderr]).toEqual([0, []]);
  return run.stdout;
}

const get = async (path: string) => (await house.expect(200, 'GET', path)).body;
const countOf = async (plural: string, filter = ''): Promise<number> =>
  (await get(`/v1/${plural}?limit=1&count=exact${filter}`)).page.total;

/** How many records a file is: rows of one id are one. */
function recordsIn(object: string): number {
  const file = FILES.find((one) => one.object === object) as (typeof FILES)[number];
  return new Set([...file.rows(plan)].map(([id]) => id)).size;
}

describe('npm run seed', () => {
  test(
    'goes on where it was killed, and ends with all there is to be',
    async () => {
      const killed = seed();
      await until(() => killed.stdout.includes('Sending orders'), LIMIT);
      killed.signal('SIGKILL');
      expect(await killed.exited).toBe('SIGKILL');
      const told = await ended(seed());
      for (const { object } of FILES) {
        const seeded = await countOf(object, '&filter[externalIds.seed][isNull]=false');
        expect([object, seeded]).toEqual([object, recordsIn(object)]);
        // What leads were converted into is there besides.
        expect(told).toContain(`${object.padEnd(14)}${await countOf(object)}`);
      }
      expect(told.filter((line) => / failed [1-9]/.test(line))).toEqual([]);
    },
    LIMIT,
  );

  test(
    'changes nothing when it runs again',
    async () => {
      const { data: before } = await get('/v1/contacts?limit=5&sort=lastName');
      const told = await ended(seed());
      const reports = told.filter((line) => line.includes('unchanged'));
      expect(reports).toHaveLength(FILES.length);
      for (const line of reports) expect(line).toContain('created 0, updated 0,');
      expect(told.filter((line) => / 0 of \d+$/.test(line))).toHaveLength(3);
      expect((await get('/v1/contacts?limit=5&sort=lastName')).data).toEqual(before);
    },
    LIMIT,
  );

  test('refuses to mix another company into it', async () => {
    const run = seed('--seed', '2');
    expect(await run.exited).toBe(1);
    expect(run.stderr.join('\n')).toContain(`--size small --seed 1 --until ${today}`);
  });
});

describe('the company it makes', () => {
  test('has users in teams with managers', async () => {
    expect(await countOf('teams')).toBe(8);
    const { data: teams } = await get('/v1/teams?include=manager');
    expect(teams.every(({ managerId }: { managerId: string | null }) => managerId)).toBe(true);
    const dach = teams.find(({ name }: { name: string }) => name === 'Sales DACH');
    const { members, openTotal } = await get(`/v1/teams/${dach.id}/workload`);
    expect(members.length).toBeGreaterThan(1);
    expect(openTotal).toBeGreaterThan(0);
  });

  test('has leads at work, converted and given up, with who gets new ones', async () => {
    for (const status of ['new', 'working', 'qualified', 'disqualified', 'converted']) {
      const count = await countOf('leads', `&filter[status]=${status}`);
      expect([status, count > 0]).toEqual([status, true]);
    }
    expect((await get('/v1/assignment-rules')).data).toHaveLength(4);
    expect((await get('/v1/lead-forms')).data).toHaveLength(1);
  });

  test('fills the board, the forecast and quotas', async () => {
    const { data: pipelines } = await get('/v1/pipelines?filter[isDefault]=true');
    const board = await get(`/v1/pipelines/${pipelines[0].id}/board`);
    const counts = board.stages.map(({ key: stage, count }: { key: string; count: number }) => {
      return [stage, count > 5];
    });
    expect(counts.filter(([, isFull]: [string, boolean]) => isFull).length).toBeGreaterThan(2);
    const forecast = await get('/v1/forecast');
    expect(Number(forecast.total.weighted)).toBeGreaterThan(1000);
    expect(forecast.unconverted).toEqual([]);
    expect(await countOf('quotas')).toBeGreaterThan(8);
  });

  test('fills the agenda of a salesperson', async () => {
    const seller = plan.staff.seller('DE', 0);
    const { data: users } = await get(`/v1/users?limit=200`);
    const { id } = users.find(({ email }: { email: string }) => email === seller.email);
    const { counts } = await get(`/v1/activities/agenda?userId=${id}&days=14`);
    expect(counts.upcoming + counts.today).toBeGreaterThan(3);
    expect(counts.overdue).toBeGreaterThan(0);
  });

  test('has orders in every state that the past leaves, paid and unpaid', async () => {
    for (const status of ['draft', 'confirmed', 'fulfilled', 'closed', 'cancelled']) {
      const count = await countOf('orders', `&filter[status]=${status}`);
      expect([status, count > 0]).toEqual([status, true]);
    }
    for (const status of ['unpaid', 'partiallyPaid', 'paid']) {
      const count = await countOf('orders', `&filter[paymentStatus]=${status}`);
      expect([status, count > 0]).toEqual([status, true]);
    }
    expect(await countOf('orders', '&filter[kind]=creditNote')).toBeGreaterThan(5);
  });

  test('is found by the search, and tells what happened around a deal', async () => {
    const { data: companies } = await get('/v1/companies?limit=1&filter[lifecycleStage]=customer');
    const [company] = companies;
    const path = `/v1/search?q=${encodeURIComponent(company.domain)}&types=company`;
    // What files bring is put into the search by the worker, when it is over.
    await until(async () => {
      const { data: hits } = await get(path);
      return hits.some(({ id }: { id: string }) => id === company.id);
    }, LIMIT);
    const { data: deals } = await get('/v1/deals?limit=1&filter[status]=won');
    const { data: entries } = await get(`/v1/deals/${deals[0].id}/timeline`);
    const about = entries.filter((entry: { about: object | null }) => entry.about !== null);
    expect(about.length).toBeGreaterThan(1);
  });

  test('has a queue of tickets, taken and waiting, and segments with members', async () => {
    expect(await countOf('tickets', '&filter[status]=new')).toBeGreaterThan(3);
    expect(await countOf('tickets', '&filter[isOpen]=true')).toBe(plan.counts.tickets);
    const { data: segments } = await get('/v1/segments');
    expect(segments).toHaveLength(3);
    for (const { id, name } of segments) {
      await until(
        async () => (await get(`/v1/segments/${id}/members?limit=1`)).data.length > 0,
        LIMIT,
      ).catch((error: unknown) => {
        throw new Error(`Nobody is in ${name}`, { cause: error });
      });
    }
  });

  test('was made over the year: nothing is newer than today, and each month has its share', async () => {
    const from = plan.calendar.date(0);
    for (const object of ['companies', 'contacts', 'leads', 'orders', 'deals', 'activities']) {
      const body = {
        object,
        measures: [{ measure: 'count' }],
        dimensions: [{ field: 'createdAt', by: 'month' }],
        where: {
          and: [
            { field: 'externalIds.seed', op: 'isNull', value: false },
            { field: 'createdAt', op: 'gte', value: `${from}T00:00:00.000Z` },
          ],
        },
      };
      const { rows } = (await house.expect(200, 'POST', '/v1/reports/query', body)).body;
      expect([object, rows.length >= 12]).toEqual([object, true]);
      const { data } = await get(`/v1/${object}?sort=-createdAt&limit=1`);
      expect([object, data[0].createdAt <= new Date().toISOString()]).toEqual([object, true]);
    }
  });

  test('tells of solved tickets how fast they were, what was promised, and what customers said', async () => {
    const { total } = await get('/v1/tickets/csat');
    expect(total.responses).toBeGreaterThan(150);
    expect(Number(total.average)).toBeGreaterThan(3);
    const { rows } = await get('/v1/reports/tickets?by=priority');
    for (const row of rows) {
      const { key, solved, firstResponsesMet, resolutionsMet, averageRating } = row;
      const isTold = firstResponsesMet > 0 && resolutionsMet > 0 && averageRating !== null;
      expect([key, solved > 10, isTold]).toEqual([key, true, true]);
    }
    const sum = (name: string) =>
      rows.reduce((all: number, row: Record<string, number>) => all + (row[name] as number), 0);
    const [met, missed] = [sum('firstResponsesMet'), sum('firstResponsesMissed')];
    expect([missed > 10, met > missed * 2]).toEqual([true, true]);
    const { data: events } = await get('/v1/events?types=ticket.sla_breached&limit=5');
    expect(events).toEqual([]);
  });

  test('knows what contacts agreed to, since when, and from where', async () => {
    const told = [...consents(plan)];
    const { data } = await get('/v1/consents?limit=200');
    expect(data.length).toBe(Math.min(200, told.length));
    const one = told.find(({ status }) => status === 'granted') as (typeof told)[number];
    const found = data.find(({ email, channel }: { email: string; channel: string }) => {
      return email === one.email && channel === one.channel;
    });
    if (found) expect(found).toMatchObject({ source: one.source, changedAt: one.occurredAt });
    const { data: suppressed } = await get('/v1/suppressions?limit=5');
    expect(suppressed.length).toBeGreaterThan(0);
  });

  test('has campaigns that were sent in the year, written and scheduled', async () => {
    const { data } = await get('/v1/campaigns?sort=name');
    const states = data.map(({ name, status }: { name: string; status: string }) => [name, status]);
    expect(states).toEqual([
      ...[
        ['A year together', 'scheduled'],
        ['Autumn harvest', 'sent'],
        ['Cold brew days', 'sent'],
      ],
      ...[
        ['Machine check-up', 'draft'],
        ['Winter blends', 'draft'],
      ],
    ]);
    for (const { id, name, status } of data) {
      const { body } =
        status === 'sent'
          ? await house.expect(200, 'GET', `/v1/campaigns/${id}/figures`)
          : await house.expect(200, 'POST', `/v1/campaigns/${id}/audience`, {});
      expect([name, body.recipients > 3]).toEqual([name, true]);
      if (status === 'sent') {
        expect(body).toMatchObject({ waiting: 0, skipped: 0, failed: 0, uncertain: 0 });
        expect([name, body.opened > body.clicked, body.clicked > 0, body.delivered > 0]).toEqual([
          ...[name, true, true, true],
        ]);
        expect(body.attribution.orders.length).toBeGreaterThan(0);
      } else {
        expect([name, body.leftOut.notPermitted > 0]).toEqual([name, true]);
      }
    }
  });

  const REPORTS = [
    ...['campaigns', 'pipeline', 'lifetime-value', 'lifetime-value?customer=contact'],
    ...['cohorts', 'cohorts?customer=contact'],
    ...FORECAST_BY.map((by) => `forecast?by=${by}`),
    ...FUNNEL_BY.map((by) => `funnel?by=${by}`),
    ...SALES_BY.map((by) => `sales?by=${by}`),
    ...RFM_BY.map((by) => `rfm?by=${by}`),
    ...TICKETS_BY.map((by) => `tickets?by=${by}`),
  ];

  test.each(REPORTS)('has something to show in the report %s', async (report) => {
    const { rows } = await get(`/v1/reports/${report}`);
    expect(rows.length).toBeGreaterThan(0);
    // Figures besides keys and names: a table of nothing but noughts shows nothing.
    const figures = rows.flatMap((row: object) =>
      Object.values(row).filter((value) => typeof value === 'number'),
    );
    expect(Math.max(...figures)).toBeGreaterThan(1);
  });
});
