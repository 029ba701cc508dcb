import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { Sequencer } from '../../src/platform/outbox/sequencer.js';
import { runImport, startWorker, upload } from '../support/imports.js';
import { startServer } from '../support/server.js';
import type { Client, TestServer } from '../support/server.js';
import { eventually } from '../support/worker-app.js';

/** People who come from another CRM, and bring what happened there with its times. */
let server: TestServer;
let worker: INestApplicationContext;
let admin: Client;
/** May import, but not say when things happened. */
let clerk: Client;

beforeAll(async () => {
  server = await startServer();
  worker = await startWorker(server.config);
  worker.get(Sequencer).start();
  admin = await server.createWorkspace('Mover');
  const scopes = ['import:*', 'contact:*', 'ticket:*', 'company:*'];
  const { key } = await make('/v1/api-keys', { name: 'clerk', scopes });
  clerk = admin.with({ token: key });
}, 60_000);

afterAll(async () => {
  await worker.close();
  await server.close();
});

const make = async (path: string, body: object) =>
  (await admin.expect(201, 'POST', path, body)).body;
const get = async (path: string) => (await admin.expect(200, 'GET', path)).body;

const CONTACTS = { Email: 'email', Name: 'lastName', Since: 'createdAt' };
const options = (more: object = {}) => ({
  ...{ object: 'contacts', mode: 'upsert', matchOn: 'email', mapping: CONTACTS },
  ...more,
});
const people = (...rows: string[]) => ['Email,Name,Since', ...rows].join('\n');
const contact = async (email: string) =>
  (await get(`/v1/contacts?filter[email]=${encodeURIComponent(email)}`)).data[0];

describe('when a record was made', () => {
  test('comes from the file, for new records alone', async () => {
    const file = people(
      'ann@x.example,Ann,2019-03-01T10:00:00+01:00',
      'bob@x.example,Bob,2021-12-24',
      'cat@x.example,Cat,',
    );
    const done = await runImport(admin, { options: options(), file });
    expect(done.totals).toMatchObject({ created: 3, failed: 0 });
    expect(await contact('ann@x.example')).toMatchObject({ createdAt: '2019-03-01T09:00:00.000Z' });
    expect(await contact('bob@x.example')).toMatchObject({ createdAt: '2021-12-24T00:00:00.000Z' });
    const { createdAt: now } = await contact('cat@x.example');
    expect(Date.now() - Date.parse(now)).toBeLessThan(60_000);

    const later = people(
      'ann@x.example,Anna,2020-01-01',
      'bob@x.example,Bob,2020-01-01',
      'dan@x.example,Dan,2010-05-05',
    );
    const again = await runImport(admin, { options: options(), file: later });
    expect(again.totals).toMatchObject({ created: 1, updated: 1, unchanged: 1, failed: 0 });
    expect(await contact('ann@x.example')).toMatchObject({
      ...{ lastName: 'Anna', createdAt: '2019-03-01T09:00:00.000Z', version: 2 },
    });
  });

  test('orders and filters lists, page by page, and the change log is in its own order', async () => {
    const names: string[] = [];
    const path = '/v1/contacts?sort=createdAt&limit=1&filter[createdAt][lt]=2022-01-01T00:00:00Z';
    for (let cursor = ''; names.length < 10;) {
      const { data, page } = await get(`${path}${cursor}`);
      names.push(...data.map(({ lastName }: { lastName: string }) => lastName));
      if (page.nextCursor === null) break;
      cursor = `&cursor=${encodeURIComponent(page.nextCursor)}`;
    }
    expect(names).toEqual(['Dan', 'Anna', 'Bob']);
    const dan = await contact('dan@x.example');
    const { data } = await get(`/v1/contacts/${dan.id}/timeline`);
    expect(data).toHaveLength(1);
    expect(Date.now() - Date.parse(data[0].occurredAt ?? data[0].at)).toBeLessThan(60_000);
  });

  test('is in no future, and not before 1900: the rows are refused, and say why', async () => {
    const file = people(
      'e1@x.example,E,2999-01-01',
      'e2@x.example,E,1899-12-31',
      'e3@x.example,E,last spring',
      'e4@x.example,E,1900-01-01',
    );
    const done = await runImport(admin, { options: options(), file });
    expect(done.totals).toMatchObject({ created: 1, failed: 3 });
    const { data } = await get(`/v1/imports/${done.id}/errors`);
    const faults = data.map(({ errors }: { errors: { pointer: string; code: string }[] }) =>
      errors.map(({ pointer, code }) => `${pointer} ${code}`),
    );
    expect(faults).toEqual([['/createdAt future'], ['/createdAt past'], ['/createdAt isISO8601']]);
  });

  test('is said by who decides what others may do: others are told, at once, what to leave out', async () => {
    const file = people('fay@x.example,Fay,2019-01-01');
    const refused = await upload(clerk, { options: options(), file });
    expect([refused.status, refused.body.errors]).toEqual([
      403,
      [
        {
          ...{ pointer: '/mapping/Since', code: 'forbidden' },
          detail: 'createdAt needs the permission role:manage',
        },
      ],
    ]);
    expect(refused.body.detail).toContain('Leave the columns out');
    const constant = options({
      mapping: { Email: 'email', Name: 'lastName', Since: null },
      defaults: { createdAt: '2019-01-01' },
    });
    const byDefault = await upload(clerk, { options: constant, file });
    expect([byDefault.status, byDefault.body.errors[0].pointer]).toEqual([
      403,
      '/defaults/createdAt',
    ]);
    const solved = {
      ...{ object: 'tickets', mode: 'create' },
      mapping: { Name: 'subject', Since: 'solvedAt' },
    };
    expect((await upload(clerk, { options: solved, file })).body.errors[0].pointer).toBe(
      '/mapping/Since',
    );
  });

  test('has no use where nothing is new', async () => {
    const reply = await upload(admin, {
      options: options({ mode: 'update' }),
      file: people('ann@x.example,Ann,2019-01-01'),
    });
    expect([reply.status, reply.body.errors]).toMatchObject([
      422,
      [{ pointer: '/mapping/Since', code: 'readOnly' }],
    ]);
  });

  test('is told from headers, for those who may say it; others get their file in without', async () => {
    const file = (name: string) => `E-mail,Last name,Create Date\n${name}@x.example,G,2018-02-03\n`;
    const sent = { options: { object: 'contacts' }, name: 'old.csv' };
    const preview = await upload(admin, {
      ...sent,
      file: file('gus'),
      path: '/v1/imports/preview',
    });
    expect(preview.body.columns[2]).toMatchObject({ property: 'createdAt' });
    expect(preview.body.records[0]).toMatchObject({ createdAt: '2018-02-03T00:00:00.000Z' });
    await runImport(admin, { ...sent, file: file('gus') });
    expect(await contact('gus@x.example')).toMatchObject({ createdAt: '2018-02-03T00:00:00.000Z' });
    const done = await runImport(clerk, { ...sent, file: file('hal') });
    expect(done.unmappedHeaders).toEqual(['Create Date']);
    expect(done.totals).toMatchObject({ created: 1, failed: 0 });
    const { createdAt } = await contact('hal@x.example');
    expect(createdAt > '2026').toBe(true);
  });

  test('of a record with lines is in its first row', async () => {
    const file = [
      'No,Customer,Made,Item,Qty,Price',
      'A-1,ann@x.example,2020-02-02,Cup,2,5',
      'A-1,,2020-03-03,Pot,1,9',
    ].join('\n');
    const done = await runImport(admin, {
      options: {
        ...{ object: 'orders', mode: 'upsert', matchOn: 'reference' },
        mapping: {
          ...{ No: 'reference', Customer: 'contact.email', Made: 'createdAt', Item: 'lines.name' },
          ...{ Qty: 'lines.quantity', Price: 'lines.unitPrice' },
        },
      },
      file,
    });
    expect(done.totals).toMatchObject({ read: 2, failed: 0 });
    const { data } = await get('/v1/orders');
    expect(data).toMatchObject([{ createdAt: '2020-02-02T00:00:00.000Z', lines: [{}, {}] }]);
  });
});

describe('tickets of the past', () => {
  const FILE = [
    'No,Subject,Status,Came,Answered,Solved,Closed,Score,Said',
    'T-1,Quick,closed,2025-03-03T08:00:00Z,2025-03-03T08:30:00Z,2025-03-03T10:00:00Z,2025-03-10T10:00:00Z,5,Fast!',
    'T-2,Slow,solved,2025-03-03T08:00:00Z,2025-03-05T08:30:00Z,2025-03-07T10:00:00Z,,2,',
    'T-3,Waiting,open,2025-03-04T08:00:00Z,2025-03-04T08:30:00Z,,,,',
    'T-4,Turned,solved,2025-03-04T08:00:00Z,,2025-03-03T08:00:00Z,,,',
    'T-5,Rated,open,2025-03-04T08:00:00Z,,,,3,',
    'T-6,Beyond,solved,2025-03-04T08:00:00Z,,2025-03-04T09:00:00Z,,6,',
  ].join('\n');
  const sent = {
    options: {
      ...{ object: 'tickets', mode: 'upsert', matchOn: 'externalIds.desk' },
      mapping: {
        ...{ No: 'externalIds.desk', Subject: 'subject', Status: 'status', Came: 'createdAt' },
        ...{ Answered: 'firstRespondedAt', Solved: 'solvedAt', Closed: 'closedAt' },
        ...{ Score: 'satisfactionScore', Said: 'satisfactionComment' },
      },
    },
    file: FILE,
  };
  const ticket = async (no: string) =>
    (await get(`/v1/tickets?filter[externalIds.desk]=${no}`)).data[0];

  beforeAll(async () => {
    await make('/v1/sla-policies', {
      name: 'All day',
      targets: { normal: { firstResponseMinutes: 60, resolutionMinutes: 600 } },
      escalations: [
        {
          ...{ when: 'breach', target: 'resolution', afterMinutes: 0 },
          actions: [{ type: 'addTag', tag: 'late' }],
        },
      ],
    });
    const done = await runImport(admin, sent);
    expect(done.totals).toMatchObject({ created: 3, failed: 3 });
    const { data } = await get(`/v1/imports/${done.id}/errors`);
    expect(data.map((row: { errors: object[] }) => row.errors[0])).toMatchObject([
      { pointer: '/solvedAt', code: 'past' },
      { pointer: '/satisfactionScore', code: 'stillOpen' },
      { pointer: '/satisfactionScore', code: 'range' },
    ]);
  });

  test('have their times, and promises that were kept or broken then', async () => {
    expect(await ticket('T-1')).toMatchObject({
      ...{ status: 'closed', createdAt: '2025-03-03T08:00:00.000Z', slaState: 'met' },
      ...{ statusChangedAt: '2025-03-10T10:00:00.000Z', satisfactionScore: 5, slaDueAt: null },
      satisfactionRatedAt: '2025-03-03T10:00:00.000Z',
    });
    const slow = await ticket('T-2');
    expect(slow).toMatchObject({
      ...{ slaState: 'breached', tags: [], closedAt: null, satisfactionComment: null },
    });
    const { clocks } = await get(`/v1/tickets/${slow.id}/sla`);
    expect(clocks).toMatchObject([
      { target: 'firstResponse', breachedAt: '2025-03-03T09:00:00.000Z' },
      { target: 'resolution', breachedAt: '2025-03-03T18:00:00.000Z' },
    ]);
    // What is still open is promised from now on.
    const waiting = await ticket('T-3');
    expect(waiting).toMatchObject({ slaState: 'running', solvedAt: null });
    expect(Date.parse(waiting.slaDueAt)).toBeGreaterThan(Date.now());
  });

  test('set nothing off: nobody is told, nothing is escalated, nobody is asked again', async () => {
    const types = await eventually(
      async () => {
        const { data } = await get('/v1/events?types=ticket.*&limit=500');
        return new Set<string>(data.map(({ type }: { type: string }) => type));
      },
      (found) => found.has('ticket.created'),
    );
    for (const type of ['sla_breached', 'sla_met', 'sla_warning', 'escalated', 'rated']) {
      expect([type, types.has(`ticket.${type}`)]).toEqual([type, false]);
    }
  });

  test('are in the reports', async () => {
    const { rows } = await get('/v1/reports/tickets?by=status&from=2025-03-01&to=2025-03-31');
    expect(rows.find(({ key }: { key: string }) => key === 'closed')).toMatchObject({
      ...{ tickets: 1, solved: 1, firstResponseHours: '0.5', resolutionHours: '2.0' },
      ...{ firstResponsesMet: 1, resolutionsMet: 1, ratings: 1, averageRating: '5.00' },
    });
    expect(rows.find(({ key }: { key: string }) => key === 'solved')).toMatchObject({
      ...{ firstResponsesMissed: 1, resolutionsMissed: 1, averageRating: '2.00' },
    });
    const csat = await get('/v1/tickets/csat?from=2025-03&to=2025-03');
    expect(csat.total).toMatchObject({ sent: 2, responses: 2, average: '3.50', satisfied: '50.0' });
  });

  test('stay as they are when the file comes again', async () => {
    const again = await runImport(admin, sent);
    expect(again.totals).toMatchObject({ created: 0, updated: 0, unchanged: 3, failed: 3 });
  });
});

describe('deals of the past', () => {
  test('do not name the order they became: that is the work of a deed', async () => {
    const mapping = { Name: 'name', Order: 'order.externalIds.erp' };
    const file = 'Name,Order\nKettles,1\n';
    const reply = await upload(admin, { options: { object: 'deals', mapping }, file });
    expect([reply.status, reply.body.errors]).toMatchObject([
      422,
      [{ pointer: '/mapping/Order', code: 'unknownField' }],
    ]);
  });

  test('are where they are since the file says, and rot from then on', async () => {
    const since = new Date(Date.now() - 20 * 86_400_000).toISOString();
    const file = [
      'No,Name,Stage,Made,Since,Closed',
      `D-1,Kettles,proposal,2025-01-07,${since},`,
      'D-2,Cups,won,2025-01-07,,2025-03-03T10:00:00Z',
      'D-3,Pots,proposal,2025-01-07,2025-01-06,',
    ].join('\n');
    const mapping = {
      ...{ No: 'externalIds.old', Name: 'name', Stage: 'stage', Made: 'createdAt' },
      ...{ Since: 'stageEnteredAt', Closed: 'closedAt' },
    };
    const done = await runImport(admin, { options: { object: 'deals', mapping }, file });
    expect(done.totals).toMatchObject({ created: 2, failed: 1 });
    const { data } = await get('/v1/deals?sort=name');
    expect(data).toMatchObject([
      { name: 'Cups', stageEnteredAt: '2025-03-03T10:00:00.000Z' },
      { name: 'Kettles', stageEnteredAt: since, createdAt: '2025-01-07T00:00:00.000Z' },
    ]);
    const { data: steps } = await get(`/v1/deals/${data[1].id}/stage-history`);
    expect(steps).toMatchObject([{ toStage: 'proposal', at: since }]);
    const funnel = await get('/v1/reports/funnel?from=2025-01-01&to=2025-01-31');
    expect(funnel.rows[0]).toMatchObject({ deals: 2 });
  });
});
