import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { runImport } from '../support/imports.js';
import { OFFICE, startSlaStage, told } from '../support/sla-fixture.js';
import type { SlaStage } from '../support/sla-fixture.js';
import type { Client } from '../support/server.js';
import { eventually } from '../support/worker-app.js';

/** What is promised to customers, and what happens when time runs out, by clocks that jump. */
let stage: SlaStage;
let anna: Client;

beforeAll(async () => {
  stage = await startSlaStage();
}, 120_000);

afterAll(() => stage.close());

/** Every story has a workspace of its own. */
beforeEach(async () => {
  stage.jump('2031-12-22T08:00:00Z');
  anna = await stage.server.createWorkspace('Service');
});

const make = async (path: string, body: object, by = anna) =>
  (await by.expect(201, 'POST', path, body)).body;

const policy = async (more: object = {}) => {
  const made = await make('/v1/sla-policies', {
    name: 'Everybody',
    targets: {
      normal: { firstResponseMinutes: 120, resolutionMinutes: 600 },
      urgent: { firstResponseMinutes: 30, resolutionMinutes: 240 },
    },
    ...{ timeZone: 'Europe/Berlin', workingHours: OFFICE, holidays: ['2031-12-25'] },
    ...more,
  });
  await stage.applied();
  return made;
};

const ticket = (more: object = {}) => make('/v1/tickets', { subject: 'Broken', ...more });
const read = async (id: string) => (await anna.expect(200, 'GET', `/v1/tickets/${id}`)).body;
const patch = async (id: string, body: object) =>
  (await anna.expect(200, 'PATCH', `/v1/tickets/${id}`, body)).body;

interface Figures {
  state: string | null;
  dueAt: string | null;
  clocks: Record<string, unknown>[];
}
const figures = async (id: string): Promise<Figures> =>
  (await anna.expect(200, 'GET', `/v1/tickets/${id}/sla`)).body;
const clock = async (id: string, target = 'resolution') =>
  (await figures(id)).clocks.find((item) => item['target'] === target);

const types = async (id: string) => (await told(anna, id)).map(({ type }) => type);

describe('a ticket that comes in before Christmas', () => {
  test('is due in business time, warned of, broken and told once, whenever somebody looks', async () => {
    const { id: policyId } = await policy();
    // Wednesday, 15:00 in Berlin. Thursday is a holiday.
    stage.jump('2031-12-24T14:00:00Z');
    const { id, slaState, slaDueAt } = await ticket();
    expect([slaState, slaDueAt]).toEqual(['running', '2031-12-24T16:00:00.000Z']);
    expect(await clock(id)).toMatchObject({
      ...{ state: 'running', policyId, policyName: 'Everybody', policyVersion: 1 },
      ...{ targetMinutes: 600, elapsedMinutes: 0, remainingMinutes: 600, pausedMinutes: 0 },
      ...{ warnAt: '2031-12-26T14:00:00.000Z', dueAt: '2031-12-26T16:00:00.000Z' },
    });
    await make(`/v1/tickets/${id}/messages`, { body: 'We look into it.' });
    expect(await types(id)).toEqual(['sla_met']);
    expect((await clock(id, 'firstResponse'))?.['state']).toBe('met');

    stage.jump('2031-12-26T13:59:59.999Z');
    await stage.look();
    expect(await types(id)).toEqual(['sla_met']);
    stage.jump('2031-12-26T14:00:00Z');
    for (let looks = 0; looks < 3; looks += 1) await stage.look();
    expect(await types(id)).toEqual(['sla_met', 'sla_warning']);
    expect(await read(id)).toMatchObject({
      ...{ slaState: 'atRisk', slaDueAt: '2031-12-26T16:00:00.000Z' },
    });

    // The worker is away over the weekend.
    stage.jump('2031-12-29T09:00:00Z');
    expect(await clock(id)).toMatchObject({
      ...{ state: 'breached', elapsedMinutes: 660, remainingMinutes: -60 },
      ...{ breachedAt: '2031-12-26T16:00:00.000Z', warnedAt: '2031-12-26T14:00:00.000Z' },
    });
    for (let looks = 0; looks < 3; looks += 1) await stage.look();
    expect(await types(id)).toEqual(['sla_met', 'sla_warning', 'sla_breached']);
    const [, , broken] = await told(anna, id);
    expect(broken?.changes).toMatchObject({
      ...{ target: 'resolution', policyId, promisedMinutes: 600 },
      ...{ dueAt: '2031-12-26T16:00:00.000Z', slaState: ['atRisk', 'breached'] },
    });
    expect((await read(id)).slaState).toBe('breached');
    await patch(id, { status: 'solved' });
    expect(await types(id)).toHaveLength(3);
    expect(await read(id)).toMatchObject({ slaState: 'breached', slaDueAt: null });
  });

  test('shows it in its history and keeps its ETag honest', async () => {
    await policy();
    const { id } = await ticket();
    const before = (await anna.expect(200, 'GET', `/v1/tickets/${id}`)).headers.get('etag');
    stage.jump('2031-12-30T08:00:00Z');
    await stage.look();
    const after = await anna.expect(200, 'GET', `/v1/tickets/${id}`);
    expect(after.headers.get('etag')).not.toBe(before);
    const { body } = await anna.expect(200, 'GET', `/v1/tickets/${id}/timeline`);
    const seen = body.data.map(({ type }: { type: string }) => type);
    expect(seen.filter((type: string) => type === 'ticket.sla_breached')).toHaveLength(2);
  });

  test('stands still while the customer is waited for', async () => {
    await policy();
    const { id } = await ticket();
    stage.jump('2031-12-22T09:00:00Z');
    await patch(id, { status: 'pending' });
    expect(await read(id)).toMatchObject({ slaState: 'paused', slaDueAt: null });
    stage.jump('2031-12-23T09:00:00Z');
    await stage.look();
    expect(await types(id)).toEqual([]);
    expect(await clock(id)).toMatchObject({
      ...{ state: 'paused', elapsedMinutes: 60, pausedMinutes: 1440, dueAt: null },
    });
    await patch(id, { status: 'open' });
    expect(await clock(id)).toMatchObject({
      ...{ state: 'running', elapsedMinutes: 60, dueAt: '2031-12-24T10:00:00.000Z' },
    });
  });

  test('has the time of its priority, less what has gone by', async () => {
    await policy();
    const { id } = await ticket();
    stage.jump('2031-12-22T10:00:00Z');
    await patch(id, { priority: 'urgent' });
    expect(await clock(id)).toMatchObject({
      ...{ targetMinutes: 240, elapsedMinutes: 120, dueAt: '2031-12-22T12:00:00.000Z' },
    });
    await stage.look();
    expect(await types(id)).toEqual(['sla_warning', 'sla_breached']);
    await patch(id, { priority: 'low' });
    expect((await figures(id)).clocks.map(({ target }) => target)).toEqual(['firstResponse']);
    await patch(id, { priority: 'normal' });
    expect(await clock(id)).toMatchObject({ elapsedMinutes: 0, targetMinutes: 600 });
  });

  test('that was solved late while no worker lived is told of all the same', async () => {
    await policy();
    const { id } = await ticket();
    stage.jump('2031-12-23T10:00:00Z');
    await patch(id, { status: 'solved' });
    const broken = ['sla_breached', 'sla_breached'];
    expect(await types(id)).toEqual(broken);
    await stage.look();
    expect(await types(id)).toEqual(broken);
    await patch(id, { status: 'open' });
    await stage.look();
    expect(await types(id)).toEqual(broken);
  });

  test('rests in the bin, and is looked after when it comes back', async () => {
    await policy();
    const { id } = await ticket();
    await anna.expect(204, 'DELETE', `/v1/tickets/${id}`);
    stage.jump('2031-12-30T08:00:00Z');
    await stage.look();
    expect(await types(id)).toEqual([]);
    await anna.expect(404, 'GET', `/v1/tickets/${id}/sla`);
    await anna.expect(200, 'POST', `/v1/tickets/${id}/restore`);
    await stage.look();
    expect(await types(id)).toEqual([
      ...['sla_warning', 'sla_breached', 'sla_warning', 'sla_breached'],
    ]);
    await anna.expect(204, 'DELETE', `/v1/tickets/${id}?purge=true`);
    await stage.look();
  });
});

describe('escalations', () => {
  test('give the ticket to whoever is there, raise it, tag it and name who is to be told', async () => {
    const bert = await stage.server.createUser('member', anna);
    const cleo = await stage.server.createUser('member', anna);
    const away = { until: '2099-01-01T00:00:00.000Z', standInId: cleo.userId };
    await anna.expect(200, 'PUT', `/v1/users/${bert.userId}/out-of-office`, away);
    const team = await make('/v1/teams', { name: 'Second line' });
    const assign = { type: 'assign', userId: bert.userId, teamId: team.id };
    const made = await policy({
      escalations: [
        {
          ...{ when: 'warning', target: 'resolution' },
          actions: [{ type: 'notify', owner: true, userIds: [bert.userId] }],
        },
        {
          ...{ when: 'breach', target: 'resolution', afterMinutes: 60 },
          actions: [assign, { type: 'addTag', tag: 'late' }],
        },
        {
          ...{ when: 'breach', target: 'resolution', afterMinutes: 120 },
          actions: [{ type: 'setPriority', priority: 'urgent' }],
        },
      ],
    });
    const { id } = await ticket({ ownerId: anna.userId, tags: ['cup'] });
    const before = await read(id);
    stage.jump('2031-12-22T16:00:00Z');
    await stage.look();
    const [warned] = await told(anna, id, 'ticket.escalated');
    expect(warned?.changes).toMatchObject({
      notify: [bert.userId, anna.userId],
      escalations: [{ target: 'resolution', when: 'warning', afterMinutes: 0, policyId: made.id }],
    });
    expect((await read(id)).ownerId).toBe(anna.userId);

    // Nobody looks until all of it is due: each step is done once, in its order.
    stage.jump('2031-12-29T08:00:00Z');
    for (let looks = 0; looks < 3; looks += 1) await stage.look();
    expect(await read(id)).toMatchObject({
      ...{ ownerId: cleo.userId, teamId: team.id, priority: 'urgent', tags: ['cup', 'late'] },
    });
    const [, done, ...others] = await told(anna, id, 'ticket.escalated');
    expect(others).toEqual([]);
    expect(done?.changes).toMatchObject({
      ownerId: [anna.userId, cleo.userId],
      priority: ['normal', 'urgent'],
      tags: [['cup'], ['cup', 'late']],
    });
    const escalations = done?.changes['escalations'] as { afterMinutes: number }[];
    expect(escalations.map(({ afterMinutes }) => afterMinutes)).toEqual([60, 120]);
    const found = await anna.expect(200, 'GET', '/v1/tickets?filter[tags][has]=late');
    expect(found.body.data.map((item: { id: string }) => item.id)).toEqual([before.id]);
  });

  test('leave out what cannot be done, and say so', async () => {
    const dora = await stage.server.createUser('member', anna);
    await policy({
      escalations: [
        {
          ...{ when: 'breach', target: 'resolution' },
          actions: [
            { type: 'assign', userId: dora.userId },
            { type: 'addTag', tag: 'late' },
          ],
        },
      ],
    });
    const { id } = await ticket({ ownerId: anna.userId });
    await anna.expect(200, 'POST', `/v1/users/${dora.userId}/deactivate`, {});
    stage.jump('2031-12-23T10:00:00Z');
    await stage.look();
    expect(await read(id)).toMatchObject({ ownerId: anna.userId, tags: ['late'] });
    const [event] = await told(anna, id, 'ticket.escalated');
    expect(event?.changes['skipped']).toMatchObject([{ action: { type: 'assign' } }]);
  });

  test('are not done to what is solved, and wait for nobody who changed something else', async () => {
    const steps = [
      {
        ...{ when: 'breach', target: 'resolution', afterMinutes: 60 },
        actions: [{ type: 'addTag', tag: 'late' }],
      },
    ];
    const made = await policy({ escalations: steps });
    const { id } = await ticket();
    stage.jump('2031-12-23T10:00:00Z');
    await stage.look();
    await patch(id, { status: 'solved' });
    stage.jump('2031-12-30T10:00:00Z');
    await stage.look();
    expect((await read(id)).tags).toEqual([]);
    // A step that says the same is the same, so that it is not done again under a new version.
    const path = `/v1/sla-policies/${made.id}`;
    const { body } = await anna.expect(200, 'PATCH', path, { name: 'All', escalations: steps });
    expect(body.escalations[0].id).toBe(made.escalations[0].id);
    const other = await anna.expect(200, 'PATCH', path, {
      escalations: [{ ...steps[0], afterMinutes: 90 }],
    });
    expect(other.body.escalations[0].id).not.toBe(made.escalations[0].id);
  });
});

describe('many tickets', () => {
  test('of a batch and of a file have clocks, and are fired once by workers at the same time', async () => {
    await policy();
    const records = Array.from({ length: 150 }, (_, n) => ({ subject: `T ${n}` }));
    const batch = { operation: 'create', records };
    await anna.expect(200, 'POST', '/v1/tickets/batch', batch);
    const lines = Array.from({ length: 150 }, (_, n) => `F ${n},${n % 2 ? 'urgent' : 'normal'}`);
    const file = ['Subject,Priority', ...lines, 'Old,normal'].join('\n');
    const done = await runImport(anna, { options: { object: 'tickets', format: 'csv' }, file });
    expect(done.totals).toMatchObject({ created: 151, failed: 0 });
    const due = await anna.expect(200, 'GET', '/v1/tickets?filter[slaState]=running&count=exact');
    expect(due.body.page.total).toBe(301);

    stage.jump('2031-12-30T10:00:00Z');
    await Promise.all(Array.from({ length: 4 }, () => stage.look()));
    await stage.look();
    const seen = new Map<string, number>();
    let after = '';
    for (;;) {
      const path = `/v1/events?types=ticket.sla_breached,ticket.sla_warning&limit=500${after}`;
      const { body } = await anna.expect(200, 'GET', path);
      for (const { type, recordIds, changes } of body.data) {
        const key = `${type} ${recordIds[0]} ${changes.target}`;
        seen.set(key, (seen.get(key) ?? 0) + 1);
      }
      if (!body.page.hasMore) break;
      after = `&after=${encodeURIComponent(body.page.nextCursor)}`;
    }
    expect(seen.size).toBe(301 * 4);
    expect(new Set(seen.values())).toEqual(new Set([1]));
    const list = await anna.expect(
      200,
      'GET',
      '/v1/tickets?sort=slaDueAt&limit=500&fields=slaDueAt',
    );
    const times = list.body.data.map((item: { slaDueAt: string }) => item.slaDueAt);
    expect(times).toEqual([...times].sort());
  }, 120_000);

  test('that are done when they come have none', async () => {
    await policy();
    const { id } = await ticket({ status: 'solved' });
    expect(await figures(id)).toMatchObject({ state: null, dueAt: null, clocks: [] });
  });
});

describe('policies', () => {
  test('are asked in their order, by what the ticket is', async () => {
    const tom = await make('/v1/companies', { name: 'Gold Ltd' });
    await policy();
    const gold = await policy({
      ...{ name: 'Gold', place: 1, where: { field: 'companyId', op: 'eq', value: tom.id } },
      targets: { normal: { resolutionMinutes: 60 } },
      ...{ warnAtPercent: null, warnBeforeMinutes: 15 },
    });
    expect(gold).toMatchObject({ place: 1, warnAtPercent: null, warnBeforeMinutes: 15 });
    const { body } = await anna.expect(200, 'GET', '/v1/sla-policies');
    expect(body.data.map(({ name }: { name: string }) => name)).toEqual(['Gold', 'Everybody']);
    const { id } = await ticket({ companyId: tom.id });
    expect((await figures(id)).clocks).toMatchObject([
      { target: 'resolution', policyName: 'Gold', targetMinutes: 60 },
    ]);
    const problem = await ticket({ type: 'problem' });
    const where = { field: 'links.recordId', op: 'eq', value: problem.id };
    await policy({ name: 'Linked', place: 2, where });
    const linked = await ticket({ links: [{ object: 'ticket', recordId: problem.id }] });
    expect(await clock(linked.id)).toMatchObject({ policyName: 'Linked' });
    stage.jump('2031-12-22T08:30:00Z');
    await patch(id, { companyId: null });
    expect(await clock(id)).toMatchObject({
      ...{ policyName: 'Everybody', targetMinutes: 600, elapsedMinutes: 30 },
    });
  });

  test('that change count for open tickets within moments: a holiday that was forgotten', async () => {
    const made = await policy({ holidays: [] });
    const { id } = await ticket();
    expect((await clock(id))?.['dueAt']).toBe('2031-12-23T10:00:00.000Z');
    const path = `/v1/sla-policies/${made.id}`;
    await anna.expect(200, 'PATCH', path, { holidays: ['2031-12-23'] });
    await eventually(
      () => clock(id),
      (found) => found?.['dueAt'] === '2031-12-24T10:00:00.000Z',
    );
    expect((await read(id)).version).toBe(1);
    await anna.expect(204, 'DELETE', path);
    await eventually(
      () => figures(id),
      ({ clocks }) => clocks.length === 0,
    );
    expect(await read(id)).toMatchObject({ slaState: null, slaDueAt: null });
  });

  test('are changed by whoever has seen them as they are', async () => {
    const { id } = await policy();
    const path = `/v1/sla-policies/${id}`;
    const read = await anna.expect(200, 'GET', path);
    expect(read.headers.get('etag')).toBe('"1"');
    const patched = await anna.expect(200, 'PATCH', path, { active: false }, { 'If-Match': '"1"' });
    expect(patched.body).toMatchObject({ active: false, version: 2, warnAtPercent: 80 });
    await anna.expect(412, 'PATCH', path, { active: true }, { 'If-Match': '"1"' });
    const none = await ticket();
    expect((await figures(none.id)).clocks).toEqual([]);
    const member = await stage.server.createUser('member', anna);
    await member.expect(200, 'GET', path);
    await member.expect(403, 'PATCH', path, { active: true });
    await member.expect(403, 'POST', '/v1/sla-policies', { name: 'X', targets: {} });
    const viewer = await stage.server.createUser('viewer', anna);
    await viewer.expect(200, 'GET', `/v1/tickets/${none.id}/sla`);
  });

  const USER = '01a20572-a38b-73e1-8144-9b263f82ac28';
  const doing = (...actions: object[]) => ({
    escalations: [{ when: 'breach', target: 'resolution', actions }],
  });
  test.each<[object, string[]]>([
    [{ targets: {} }, ['/targets']],
    [{ targets: { huge: {} } }, ['/targets/huge']],
    [{ targets: { low: { resolutionMinutes: 0 } } }, ['/targets/low/resolutionMinutes']],
    [{ targets: { low: { minutes: 5 } } }, ['/targets/low/minutes']],
    [{ timeZone: 'Mars/Olympus' }, ['/timeZone']],
    [{ workingHours: { monday: [{ from: '17:00', to: '09:00' }] } }, ['/workingHours/monday/0']],
    [{ workingHours: { monday: [{ from: '09:00', to: '09:01' }] } }, ['/workingHours']],
    [{ workingHours: {} }, ['/workingHours']],
    [{ holidays: ['2031-02-30'] }, ['/holidays/0']],
    [{ pauseIn: ['open'] }, ['/pauseIn']],
    [{ warnAtPercent: 100 }, ['/warnAtPercent']],
    [{ warnAtPercent: 50, warnBeforeMinutes: 10 }, ['/warnBeforeMinutes']],
    [{ escalations: [{}] }, ['when', 'target', 'actions'].map((at) => `/escalations/0/${at}`)],
    [doing(), ['/escalations/0/actions']],
    [doing({ type: 'explode' }), ['/escalations/0/actions/0/type']],
    [doing({ type: 'assign' }), ['/escalations/0/actions/0']],
    [doing({ type: 'assign', userId: USER }), ['/escalations/0/actions/0/userId']],
    [doing({ type: 'assign', teamId: USER }), ['/escalations/0/actions/0/teamId']],
    [doing({ type: 'notify', userIds: [USER] }), ['/escalations/0/actions/0/userIds/0']],
    [doing({ type: 'notify' }), ['/escalations/0/actions/0']],
    [doing({ type: 'addTag', tag: '' }), ['/escalations/0/actions/0/tag']],
    [doing({ type: 'setPriority', priority: 'x' }), ['/escalations/0/actions/0/priority']],
    [doing({ type: 'addTag', tag: 'a', colour: 'red' }), ['/escalations/0/actions/0/colour']],
    [
      {
        ...{ warnAtPercent: null },
        escalations: [
          { when: 'warning', target: 'resolution', actions: [{ type: 'addTag', tag: 'a' }] },
        ],
      },
      ['/escalations/0/when'],
    ],
    [{ colour: 'red' }, ['/colour']],
    [{ where: { not: { field: 'createdAt', op: 'isNull', value: true } } }, ['/where']],
  ])('%j is refused where it is wrong', async (more, pointers) => {
    const targets = { normal: { resolutionMinutes: 600 } };
    const body = { name: 'Wrong', targets, ...more };
    const reply = await anna.expect(422, 'POST', '/v1/sla-policies', body);
    const found = reply.body.errors.map(({ pointer }: { pointer: string }) => pointer);
    expect(found).toEqual(pointers);
  });

  test('cannot be for fields there are not, nor more than a hundred', async () => {
    const where = { field: 'colour', op: 'eq', value: 'red' };
    const targets = { normal: { resolutionMinutes: 600 } };
    await anna.expect(400, 'POST', '/v1/sla-policies', { name: 'Red', targets, where });
    for (let made = 0; made < 100; made += 1) await policy({ name: `P ${made}` });
    const full = await anna.expect(409, 'POST', '/v1/sla-policies', { name: 'One more', targets });
    expect(full.body.detail).toContain('at most 100');
  }, 60_000);
});
