import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { runImport, startWorker } from '../support/imports.js';
import { startServer } from '../support/server.js';
import type { Client, TestServer } from '../support/server.js';

/** How a company sells, as its people work with it all day. */
let server: TestServer;
let admin: Client;

beforeAll(async () => {
  server = await startServer();
  admin = await server.createWorkspace('Copperworks');
});

afterAll(() => server.close());

const make = async (path: string, body: object, client = admin) =>
  (await client.expect(201, 'POST', path, body)).body;

interface Stage {
  id: string;
  key: string;
  type: string;
}

/** Stages of a pipeline by their key. */
const stagesOf = (pipeline: { stages: Stage[] }): Record<string, string> =>
  Object.fromEntries(pipeline.stages.map(({ key, id }) => [key, id]));

const STAGES = [
  { name: 'First call', probability: 10 },
  { name: 'Proposal', probability: 50, requiredFields: ['amount'], rottingDays: 14 },
  { name: 'Won', type: 'won' },
  { name: 'Lost', type: 'lost' },
];

describe('a pipeline', () => {
  test('is there from the first day, and takes a deal of which only the name is known', async () => {
    const { body } = await admin.expect(200, 'GET', '/v1/pipelines');
    expect(body.data).toHaveLength(1);
    expect(body.data[0]).toMatchObject({ name: 'Sales', isDefault: true });
    const deal = await make('/v1/deals', { name: 'A first try' });
    expect(deal).toMatchObject({
      ...{ status: 'open', stage: 'qualification', probability: 10, currency: 'EUR' },
      ...{ amount: null, amountInBase: null, closedAt: null, forecastCategory: 'pipeline' },
      ...{ pipelineId: body.data[0].id, ownerId: admin.userId, lines: [], contacts: [] },
    });
  });

  test('has stages of its own, in their order, one of each type at least', async () => {
    const made = await make('/v1/pipelines', { name: 'Kettles', stages: STAGES });
    expect(made.stages).toEqual([
      expect.objectContaining({ key: 'first-call', type: 'open', probability: 10 }),
      expect.objectContaining({ key: 'proposal', requiredFields: ['amount'], rottingDays: 14 }),
      expect.objectContaining({ key: 'won', probability: 100, forecastCategory: 'closed' }),
      expect.objectContaining({ key: 'lost', probability: 0, forecastCategory: 'omitted' }),
    ]);
    const open = [{ name: 'Only' }];
    const { body } = await admin.expect(422, 'POST', '/v1/pipelines', { name: 'X', stages: open });
    expect(body.errors.map(({ code }: { code: string }) => code)).toEqual([
      ...['stageMissing', 'stageMissing'],
    ]);
    const wrong = [
      ...STAGES,
      { name: 'Lost', type: 'lost' },
      { name: 'Odd', requiredFields: ['x'] },
    ];
    const { body: refused } = await admin.expect(422, 'POST', '/v1/pipelines', {
      ...{ name: 'Y', stages: wrong },
    });
    expect(refused.errors).toEqual([
      expect.objectContaining({ pointer: '/stages/4/key', code: 'duplicate' }),
      expect.objectContaining({ pointer: '/stages/5/requiredFields/0', code: 'unknownField' }),
    ]);
  });

  test('keeps its stages when they come back with new names, and a stage that has deals', async () => {
    const made = await make('/v1/pipelines', { name: 'Vats', stages: STAGES });
    const stages = stagesOf(made);
    const deal = await make('/v1/deals', { name: 'Vat', stageId: stages['first-call'] });
    const path = `/v1/pipelines/${made.id}`;
    const renamed = [{ ...made.stages[0], name: 'Visit' }, ...STAGES.slice(1)];
    const { body: changed } = await admin.expect(200, 'PATCH', path, { stages: renamed });
    expect(stagesOf(changed)).toEqual(stages);
    expect(changed.stages[0].name).toBe('Visit');
    const others = [{ name: 'Enquiry' }, ...changed.stages.slice(1)];
    const { body: refused } = await admin.expect(409, 'PATCH', path, { stages: others });
    expect(refused.detail).toMatch(/Visit has 1 deal\. .*move-deals/);
    const { body: inUse } = await admin.expect(409, 'DELETE', path);
    expect(inUse.deals).toBe(1);
    const enquiry = [...changed.stages, { name: 'Enquiry', probability: 5 }];
    const { body: grown } = await admin.expect(200, 'PATCH', path, { stages: enquiry });
    await admin.expect(200, 'POST', `/v1/deals/${deal.id}/move`, {
      stageId: stagesOf(grown)['enquiry'],
    });
    await admin.expect(200, 'PATCH', path, { stages: grown.stages.slice(1) });
  });

  test('is the default one when it is made so, and the one before no longer', async () => {
    const { body: before } = await admin.expect(200, 'GET', '/v1/pipelines?filter[isDefault]=true');
    const made = await make('/v1/pipelines', { name: 'Service', isDefault: true });
    const { body: after } = await admin.expect(200, 'GET', '/v1/pipelines?filter[isDefault]=true');
    expect(after.data.map(({ id }: { id: string }) => id)).toEqual([made.id]);
    expect((await make('/v1/deals', { name: 'Repair' })).pipelineId).toBe(made.id);
    await admin.expect(422, 'PATCH', `/v1/pipelines/${made.id}`, { isDefault: false });
    await admin.expect(409, 'DELETE', `/v1/pipelines/${made.id}`);
    const first = `/v1/pipelines/${before.data[0].id}`;
    await admin.expect(200, 'PATCH', first, { isDefault: true });
  });
});

describe('a deal', () => {
  let stages: Record<string, string>;

  beforeAll(async () => {
    stages = stagesOf(await make('/v1/pipelines', { name: 'Breweries', stages: STAGES }));
  });

  test('moves, is won, and tells where it has been and for how long', async () => {
    const deal = await make('/v1/deals', { name: 'Brewery', stageId: stages['first-call'] });
    const path = `/v1/deals/${deal.id}`;
    const early = await admin.expect(422, 'POST', `${path}/move`, { stageId: stages['proposal'] });
    expect(early.body.errors).toEqual([
      expect.objectContaining({ pointer: '/amount', code: 'requiredByStage' }),
    ]);
    const lines = [
      { name: 'Kettle', quantity: '2', unitPrice: '4800', discountPercent: '5' },
      { name: 'Valve', quantity: '3', unitPrice: '0.335' },
    ];
    const { body: valued } = await admin.expect(200, 'PATCH', path, { lines });
    expect(valued.lines.map(({ total }: { total: string }) => total)).toEqual(['9120.00', '1.01']);
    expect(valued).toMatchObject({ amount: '9121.01', amountInBase: '9121.01', rate: '1' });
    const other = await admin.expect(422, 'PATCH', path, { amount: '1' });
    expect(other.body.errors[0].code).toBe('followsFromLines');
    const { body: moved } = await admin.expect(200, 'POST', `${path}/move`, {
      ...{ stageId: stages['proposal'], reason: 'They asked for it' },
    });
    expect(moved).toMatchObject({ stage: 'proposal', probability: 50 });
    const rotting = Date.parse(moved.rottingAt) - Date.parse(moved.stageEnteredAt);
    expect(rotting).toBe(14 * 86_400_000);
    const emptied = await admin.expect(422, 'PATCH', path, { amount: null, lines: [] });
    expect(emptied.body.errors[0].code).toBe('requiredByStage');
    const { body: won } = await admin.expect(200, 'POST', `${path}/win`, { reason: 'Delivery' });
    expect(won).toMatchObject({
      ...{ status: 'won', stage: 'won', probability: 100, forecastCategory: 'closed' },
      ...{ wonReason: 'Delivery', rottingAt: null },
    });
    expect(won.closedAt).toBe(won.stageEnteredAt);
    const again = await admin.expect(409, 'POST', `${path}/win`, {});
    expect(again.body.allowed).toEqual(['reopen', 'move']);
    const { body: history } = await admin.expect(200, 'GET', `${path}/stage-history`);
    expect(history.data.map(({ toStage }: { toStage: string }) => toStage)).toEqual([
      ...['first-call', 'proposal', 'won'],
    ]);
    expect(history.data[0].secondsInFromStage).toBeNull();
    expect(history.data[2]).toMatchObject({ fromStage: 'proposal', byUserId: admin.userId });
    const { body: timeline } = await admin.expect(200, 'GET', `${path}/timeline`);
    expect(timeline.data.map(({ type }: { type: string }) => type)).toEqual([
      ...['deal.won', 'deal.moved', 'deal.updated', 'deal.created'],
    ]);
    expect(timeline.data[1].changes).toMatchObject({ reason: 'They asked for it' });
  });

  test('is lost for a reason, whichever way it is said, and comes back to where it was', async () => {
    const body = { name: 'Cellar', amount: 100, stageId: stages['proposal'] };
    const path = `/v1/deals/${(await make('/v1/deals', body)).id}`;
    await admin.expect(422, 'POST', `${path}/lose`, {});
    const unsaid = await admin.expect(422, 'PATCH', path, { stage: 'Lost' });
    expect(unsaid.body.errors[0].pointer).toBe('/lostReason');
    const said = { stage: 'Lost', lostReason: 'Price' };
    const { body: lost } = await admin.expect(200, 'PATCH', path, said);
    expect(lost).toMatchObject({ status: 'lost', stageId: stages['lost'], probability: 0 });
    const { body: open } = await admin.expect(200, 'POST', `${path}/reopen`, {});
    expect(open).toMatchObject({
      ...{ status: 'open', stage: 'proposal', closedAt: null, lostReason: null, probability: 50 },
    });
    await admin.expect(409, 'POST', `${path}/reopen`, {});
    const { body: kept } = await admin.expect(200, 'PATCH', path, { probability: 80 });
    expect(kept.probability).toBe(80);
    const { body: renamed } = await admin.expect(200, 'PATCH', path, { name: 'Cellar 2' });
    expect(renamed.probability).toBe(80);
    const stale = await admin.api('POST', `${path}/win`, {}, { 'if-match': '"1"' });
    expect(stale.status).toBe(412);
  });

  test('says what it cannot be: a stage of nowhere, the end of an open deal, an amount of two', async () => {
    const faults = async (body: object): Promise<string[]> => {
      const reply = await admin.expect(422, 'POST', '/v1/deals', { name: 'Odd', ...body });
      return reply.body.errors.map(
        ({ pointer, code }: { pointer: string; code: string }) => `${pointer} ${code}`,
      );
    };
    const nowhere = '01900000-0000-7000-8000-000000000000';
    expect(await faults({ stageId: nowhere })).toEqual(['/stageId reference']);
    expect(await faults({ stage: 'Nowhere' })).toEqual(['/stage reference']);
    expect(await faults({ status: 'won' })).toEqual(['/status readOnly']);
    expect(await faults({ closedAt: '2026-01-01T00:00:00.000Z' })).toEqual(['/closedAt stillOpen']);
    expect(await faults({ lostReason: 'Price' })).toEqual(['/lostReason stageType']);
    expect(await faults({ forecastCategory: 'closed' })).toEqual(['/forecastCategory stageType']);
    expect(await faults({ stageId: stages['won'], probability: 20 })).toEqual([
      '/probability stageType',
    ]);
    expect(await faults({ stageId: stages['won'], stage: 'lost' })).toEqual([
      '/stage stageDiffers',
    ]);
    expect(await faults({ currency: 'EURO' })).toEqual(['/currency isISO4217CurrencyCode']);
  });

  test('follows the same rules in a batch, where one fault stops only its own deal', async () => {
    const records = [
      { name: 'Good', stageId: stages['proposal'], amount: '10' },
      { name: 'Bad', stageId: stages['proposal'] },
      { name: 'Old', stageId: stages['won'], amount: 5, closedAt: '2026-02-03T10:00:00.000Z' },
    ];
    const { body } = await admin.expect(207, 'POST', '/v1/deals/batch', {
      ...{ operation: 'create', records },
    });
    expect(body.results.map(({ status }: { status: number }) => status)).toEqual([201, 422, 201]);
    expect(body.results[1].error.errors[0].pointer).toBe('/records/1/amount');
    const old = body.results[2].record;
    expect([old.closedAt, old.status]).toEqual(['2026-02-03T10:00:00.000Z', 'won']);
    const { body: history } = await admin.expect(200, 'GET', `/v1/deals/${old.id}/stage-history`);
    expect(history.data[0].at).toBe('2026-02-03T10:00:00.000Z');
  });

  test('is found by those who take part in it', async () => {
    const contact = await make('/v1/contacts', { lastName: 'Anders' });
    const company = await make('/v1/companies', { name: 'Alfreds Brewery' });
    const contacts = [{ contactId: contact.id, role: 'decision maker' }];
    const deal = await make('/v1/deals', { name: 'Together', contacts, companyId: company.id });
    const list = `/v1/deals?filter[contacts.contactId]=${contact.id}&include=company`;
    const { body } = await admin.expect(200, 'GET', list);
    expect(body.data[0]).toMatchObject({ id: deal.id, company: { name: 'Alfreds Brewery' } });
    const twin = await make('/v1/companies', { name: 'Alfreds' });
    await admin.expect(200, 'POST', `/v1/companies/${twin.id}/merge`, {
      duplicateIds: [company.id],
    });
    const { body: after } = await admin.expect(200, 'GET', `/v1/deals/${deal.id}`);
    expect(after.companyId).toBe(twin.id);
  });
});

describe('deals from a file', () => {
  let worker: INestApplicationContext;

  beforeAll(async () => {
    worker = await startWorker(server.config);
  });

  afterAll(() => worker.close());

  test('go into their stages by name, by the rules of any deal, with their history', async () => {
    await make('/v1/pipelines', { name: 'From files', stages: STAGES });
    const file = [
      'Deal name,Pipeline,Deal stage,Amount,Closed at,Tags',
      'First,From files,First call,,,filed',
      'Second,From files,proposal,"1,250.50",,filed',
      'Third,From files,Proposal,,,filed',
      'Fourth,From files,Won,99,2026-02-03T10:00:00Z,filed',
      'Fifth,From files,Nowhere,99,,filed',
    ].join('\n');
    const done = await runImport(admin, { options: { object: 'deals' }, file });
    expect(done.totals).toMatchObject({ read: 5, created: 3, failed: 2 });
    const { body: errors } = await admin.expect(200, 'GET', `/v1/imports/${done.id}/errors`);
    expect(JSON.stringify(errors)).toContain('must be given for the stage Proposal');
    expect(JSON.stringify(errors)).toContain('is not a stage of the pipeline');
    const list = '/v1/deals?filter[tags][has]=filed&sort=name';
    const { body } = await admin.expect(200, 'GET', list);
    expect(body.data).toEqual([
      expect.objectContaining({ name: 'First', stage: 'first-call', status: 'open' }),
      expect.objectContaining({
        ...{ name: 'Fourth', status: 'won', closedAt: '2026-02-03T10:00:00.000Z', amount: '99.00' },
      }),
      expect.objectContaining({ name: 'Second', stage: 'proposal', amount: '1250.50' }),
    ]);
    const path = `/v1/deals/${body.data[1].id}/stage-history`;
    const { body: history } = await admin.expect(200, 'GET', path);
    expect(history.data[0]).toMatchObject({ toStage: 'won', at: '2026-02-03T10:00:00.000Z' });
    const board = `/v1/pipelines/${body.data[0].pipelineId}/board`;
    const { body: seen } = await admin.expect(200, 'GET', board);
    expect(seen.stages.map(({ count }: { count: number }) => count)).toEqual([1, 1, 1, 0]);
  }, 60_000);
});
