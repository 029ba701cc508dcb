import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { runImport, whenDone } from '../support/imports.js';
import { startSlaStage } from '../support/sla-fixture.js';
import type { SlaStage } from '../support/sla-fixture.js';
import type { Client } from '../support/server.js';
import { eventually } from '../support/worker-app.js';

/** Clocks follow tickets also where no request changes them: a reverted import, a hand-over. */
let stage: SlaStage;
let anna: Client;

beforeAll(async () => {
  stage = await startSlaStage();
}, 120_000);

afterAll(() => stage.close());

beforeEach(async () => {
  stage.jump('2031-12-22T08:00:00Z');
  anna = await stage.server.createWorkspace('Paths');
});

const make = async (path: string, body: object) =>
  (await anna.expect(201, 'POST', path, body)).body;

const policy = (name: string, minutes: number, where?: object) =>
  make('/v1/sla-policies', {
    ...{ name, timeZone: 'UTC', workingHours: null, ...(where ? { where } : {}) },
    targets: {
      normal: { resolutionMinutes: minutes },
      urgent: { resolutionMinutes: minutes / 10 },
    },
  });

/** How a ticket says that it stands, and what its clock says. */
async function standing(id: string) {
  const [{ body: ticket }, { body: sla }] = await Promise.all([
    anna.expect(200, 'GET', `/v1/tickets/${id}`),
    anna.expect(200, 'GET', `/v1/tickets/${id}/sla`),
  ]);
  const [clock] = sla.clocks as { policyName: string; targetMinutes: number; dueAt: string }[];
  const { policyName, targetMinutes, dueAt } = clock ?? {};
  const { version, slaDueAt } = ticket;
  return { version, slaDueAt, policyName, targetMinutes, dueAt };
}

test('an import that is reverted gives tickets their former clocks back', async () => {
  await policy('Everybody', 600);
  const ticket = await make('/v1/tickets', { subject: 'Broken', externalIds: { file: 'T-1' } });
  const options = { object: 'tickets', mode: 'update', matchOn: 'externalIds.file' };
  const file = 'externalIds.file,priority\nT-1,urgent\n';
  const { id } = await runImport(anna, { options, file });
  expect(await standing(ticket.id)).toMatchObject({
    ...{ version: 2, targetMinutes: 60, slaDueAt: '2031-12-22T09:00:00.000Z' },
  });
  stage.jump('2031-12-22T08:30:00Z');
  await anna.expect(202, 'POST', `/v1/imports/${id}/revert`);
  expect((await whenDone(anna, id)).status).toBe('reverted');
  const dueAt = '2031-12-22T18:00:00.000Z';
  expect(await standing(ticket.id)).toEqual({
    ...{ version: 3, slaDueAt: dueAt, policyName: 'Everybody', targetMinutes: 600, dueAt },
  });
  // It is not found broken by a clock that nobody has told.
  stage.jump('2031-12-22T17:59:00Z');
  await stage.look();
  expect((await standing(ticket.id)).version).toBe(4); // warned of, not broken
  const { body } = await anna.expect(200, 'GET', `/v1/tickets/${ticket.id}`);
  expect(body.slaState).toBe('atRisk');
});

test('a hand-over has tickets go by what is promised for their new owner, in its transaction', async () => {
  const [from, to] = [
    await stage.server.createUser('member', anna),
    await stage.server.createUser('member', anna),
  ];
  const of = (value: string) => ({ field: 'ownerId', op: 'eq', value });
  await policy('Of the one', 600, of(from.userId));
  await policy('Of the other', 1200, of(to.userId));
  const owned = await make('/v1/tickets', { subject: 'Broken', ownerId: from.userId });
  const deal = await make('/v1/deals', { name: 'Kettle', ownerId: from.userId });
  expect((await standing(owned.id)).policyName).toBe('Of the one');
  const path = `/v1/users/${from.userId}/hand-over`;
  const { body: started } = await anna.expect(202, 'POST', path, { to: to.userId });
  const done = await eventually(
    async () => (await anna.expect(200, 'GET', `${path}s/${started.id}`)).body,
    ({ status }) => status === 'completed' || status === 'failed',
  );
  expect(done).toMatchObject({ status: 'completed', moved: { tickets: 1, deals: 1 } });
  const dueAt = '2031-12-23T04:00:00.000Z';
  expect(await standing(owned.id)).toEqual({
    ...{ version: 2, slaDueAt: dueAt, policyName: 'Of the other', targetMinutes: 1200, dueAt },
  });
  const { body: timeline } = await anna.expect(200, 'GET', `/v1/tickets/${owned.id}/timeline`);
  expect(timeline.data[0]).toMatchObject({
    type: 'ticket.updated',
    changes: {
      ownerId: [from.userId, to.userId],
      slaDueAt: ['2031-12-22T18:00:00.000Z', dueAt],
    },
  });
  const { body: moved } = await anna.expect(200, 'GET', `/v1/deals/${deal.id}`);
  expect(moved).toMatchObject({ ownerId: to.userId, version: 2 });
});
