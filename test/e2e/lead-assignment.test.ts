import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { runImport, startWorker } from '../support/imports.js';
import { startServer } from '../support/server.js';
import type { Client, TestServer } from '../support/server.js';

/** Who gets which lead. */
let server: TestServer;
let worker: INestApplicationContext;

beforeAll(async () => {
  server = await startServer();
  worker = await startWorker(server.config);
});

afterAll(async () => {
  await worker.close();
  await server.close();
});

interface Lead {
  id: string;
  ownerId: string | null;
  assignedBy: string | null;
  assignedAt: string | null;
}

/** A workspace with people in it; rules and leads of one test do not meet those of another. */
async function office(names: string[]) {
  const boss = await server.createWorkspace('Office');
  const people: Record<string, string> = {};
  for (const name of names) people[name] = (await server.createUser('member', boss)).userId;
  const rule = async (body: object) => {
    const given = { name: 'A rule', method: 'roundRobin', ...body };
    return (await boss.expect(201, 'POST', '/v1/assignment-rules', given)).body;
  };
  const lead = async (body: object = {}): Promise<Lead> =>
    (await boss.expect(201, 'POST', '/v1/leads', { lastName: 'Doe', ...body })).body;
  return { boss, people, rule, lead };
}

const counts = (leads: readonly { ownerId: string | null }[]) =>
  Object.fromEntries(
    [...Map.groupBy(leads, ({ ownerId }) => String(ownerId))].map(([id, list]) => [
      id,
      list.length,
    ]),
  );

const listed = async (client: Client): Promise<Lead[]> =>
  (await client.expect(200, 'GET', '/v1/leads?limit=500')).body.data;

describe('a round robin', () => {
  test('gives 300 leads that come at once to three people, 100 each', async () => {
    const { boss, people, rule, lead } = await office(['a', 'b', 'c']);
    const { id } = await rule({ userIds: Object.values(people) });
    await Promise.all(Array.from({ length: 300 }, () => lead()));
    const leads = await listed(boss);
    const hundredEach = Object.values(people).map((user) => [user, 100]);
    expect(counts(leads)).toEqual(Object.fromEntries(hundredEach));
    for (const { assignedBy, assignedAt } of leads) {
      expect([assignedBy, assignedAt]).toEqual([id, expect.stringMatching(/^[\dT:-]+\.\d{3}Z$/)]);
    }
  }, 60_000);

  test('goes on in a batch and in an import where they left off', async () => {
    const { boss, people, rule, lead } = await office(['a', 'b', 'c']);
    await rule({ userIds: Object.values(people) });
    await lead();
    const records = Array.from({ length: 4 }, () => ({ lastName: 'Batch' }));
    await boss.expect(200, 'POST', '/v1/leads/batch', { operation: 'create', records });
    const file = 'lastName\nOne\nTwo\nThree\nFour\n';
    const options = { object: 'leads', mode: 'create', runAutomations: true };
    await runImport(boss, { options: { ...options, dryRun: true }, file });
    await runImport(boss, { options, file });
    const leads = await listed(boss);
    expect(leads).toHaveLength(9);
    expect(counts(leads)).toEqual(
      Object.fromEntries(Object.values(people).map((user) => [user, 3])),
    );
  }, 60_000);

  test('leaves alone what an import brings unless it is to run automations', async () => {
    const { boss, people, rule } = await office(['a']);
    await rule({ userIds: Object.values(people) });
    await runImport(boss, { options: { object: 'leads' }, file: 'lastName\nOne\n' });
    expect(counts(await listed(boss))).toEqual({ [boss.userId]: 1 });
  }, 60_000);

  test('leaves alone a lead whose owner is named, also as nobody', async () => {
    const { people, rule, lead, boss } = await office(['a']);
    await rule({ userIds: [people['a']] });
    const named = await lead({ ownerId: boss.userId });
    expect([named.ownerId, named.assignedBy]).toEqual([boss.userId, null]);
    const nobodys = await lead({ ownerId: null });
    expect([nobodys.ownerId, nobodys.assignedAt]).toEqual([null, null]);
  });
});

describe('territories', () => {
  test('go by country, region and postal code, the first rule that fits first', async () => {
    const { boss, people, rule, lead } = await office(['south', 'germany', 'rest']);
    await rule({ name: 'Rest', userIds: [people['rest']] });
    const country = { field: 'address.country', op: 'eq', value: 'Germany' };
    await rule({ name: 'Germany', place: 1, where: country, userIds: [people['germany']] });
    const south = {
      and: [country, { field: 'address.postalCode', op: 'startsWith', value: '8' }],
    };
    await rule({ name: 'South', place: 1, where: south, userIds: [people['south']] });
    const { body } = await boss.expect(200, 'GET', '/v1/assignment-rules');
    expect(
      body.data.map((item: { name: string; place: number }) => [item.name, item.place]),
    ).toEqual([
      ['South', 1],
      ['Germany', 2],
      ['Rest', 3],
    ]);
    const of = async (address: object) => (await lead({ address })).ownerId;
    expect(await of({ country: 'DE', postalCode: '80331' })).toBe(people['south']);
    expect(await of({ country: 'DE', postalCode: '10115' })).toBe(people['germany']);
    expect(await of({ country: 'FR' })).toBe(people['rest']);
    await boss.expect(200, 'PATCH', `/v1/assignment-rules/${body.data[2].id}`, { active: false });
    expect(await of({ country: 'FR' })).toBe(boss.userId);
  });

  test('agree with a search for the same condition, whatever it compares', async () => {
    const { boss, people, rule } = await office(['hit']);
    await boss.expect(201, 'POST', '/v1/properties/leads', {
      ...{ name: 'seats', label: 'Seats', type: 'number' },
    });
    const conditions = [
      { field: 'employees', op: 'gte', value: 10 },
      { field: 'employees', op: 'neq', value: 10 },
      { field: 'companyName', op: 'contains', value: 'BREW' },
      { field: 'email', op: 'eq', value: 'ONE@brew.example' },
      { field: 'tags', op: 'has', value: 'fair' },
      { field: 'tags', op: 'nin', value: ['fair', 'web'] },
      { field: 'custom.seats', op: 'lt', value: 5 },
      { field: 'rating', op: 'in', value: ['hot', 'warm'] },
      { field: 'consentAt', op: 'gt', value: '2026-01-01' },
      { not: { field: 'source', op: 'eq', value: 'web' } },
      { field: 'phone', op: 'isNull', value: true },
      {
        or: [
          { field: 'language', op: 'eq', value: 'de' },
          { field: 'score', op: 'lte', value: 3 },
        ],
      },
    ];
    const records = [
      { lastName: '1', employees: 10, companyName: 'Brewhouse', tags: ['fair'], source: 'web' },
      { lastName: '2', email: 'one@brew.example', custom: { seats: 3 }, rating: 'hot', score: 3 },
      { lastName: '3', employees: 50, consentAt: '2026-05-01T10:00:00Z', phone: '+493090182000' },
      { lastName: '4', language: 'de', tags: ['web', 'x'], custom: { seats: 7 }, rating: 'cold' },
    ];
    for (const where of conditions) {
      const { id } = await rule({ where, userIds: [people['hit']] });
      const batch = { operation: 'create', records };
      const { body } = await boss.expect(200, 'POST', '/v1/leads/batch', batch);
      const made: Lead[] = body.results.map(({ record }: { record: Lead }) => record);
      const hit = made.filter(({ ownerId }) => ownerId === people['hit']).map((item) => item.id);
      const mine = { field: 'id', op: 'in', value: made.map((item) => item.id) };
      const found = await boss.expect(200, 'POST', '/v1/leads/search', {
        where: { and: [mine, where] },
      });
      const ids = found.body.data.map((item: Lead) => item.id);
      expect([where, hit.sort()]).toEqual([where, ids.sort()]);
      await boss.expect(204, 'DELETE', `/v1/assignment-rules/${id}`);
    }
  });
});

describe('the load', () => {
  test('decides: whoever has the fewest open leads gets the next', async () => {
    const { people, rule, lead } = await office(['busy', 'idle']);
    for (let count = 0; count < 3; count += 1) await lead({ ownerId: people['busy'] });
    await rule({ method: 'leastLoad', userIds: Object.values(people) });
    const owners: (string | null)[] = [];
    for (let count = 0; count < 5; count += 1) owners.push((await lead()).ownerId);
    const { idle, busy } = people;
    expect(owners).toEqual([idle, idle, idle, busy, idle]);
  });

  test('stays even when many come at once', async () => {
    const { boss, people, rule, lead } = await office(['a', 'b']);
    await rule({ method: 'leastLoad', userIds: Object.values(people) });
    await Promise.all(Array.from({ length: 40 }, () => lead()));
    expect(counts(await listed(boss))).toEqual(
      Object.fromEntries(Object.values(people).map((user) => [user, 20])),
    );
  });
});

describe('people who are not there', () => {
  test('are skipped: their stand-in takes the turn, or the next one does', async () => {
    const { boss, people, rule, lead } = await office(['out', 'alone', 'here', 'standIn']);
    const { out, alone, here, standIn } = people;
    const away = { from: '2020-01-01T00:00:00Z', until: '2099-01-01T00:00:00Z' };
    const leave = (id: string | undefined, extra: object) =>
      boss.expect(200, 'PUT', `/v1/users/${id}/out-of-office`, { ...away, ...extra });
    await leave(out, { standInId: standIn });
    await leave(alone, {});
    await rule({ userIds: [out, alone, here] });
    const owners: (string | null)[] = [];
    for (let count = 0; count < 4; count += 1) owners.push((await lead()).ownerId);
    expect(owners).toEqual([standIn, here, standIn, here]);
  });

  test('who have left get nothing; with nobody there, the next rule decides', async () => {
    const { boss, people, rule, lead } = await office(['gone', 'here']);
    await rule({ userIds: [people['gone']] });
    await rule({ userIds: [people['here']] });
    await boss.expect(200, 'PATCH', `/v1/users/${people['gone']}`, { status: 'deactivated' });
    expect((await lead()).ownerId).toBe(people['here']);
  });

  test('are those of a team as it is at the time', async () => {
    const { boss, people, rule, lead } = await office(['first', 'second']);
    const { body: team } = await boss.expect(201, 'POST', '/v1/teams', { name: 'Sales' });
    const join = (id: string | undefined) =>
      boss.expect(201, 'PUT', `/v1/teams/${team.id}/members/${id}`, { role: 'member' });
    await join(people['first']);
    await rule({ teamId: team.id });
    expect((await lead()).ownerId).toBe(people['first']);
    await join(people['second']);
    const owners = [(await lead()).ownerId, (await lead()).ownerId];
    expect(owners).toEqual([people['second'], people['first']]);
  });
});

describe('a rule', () => {
  test('names users or a team that are there, and a condition that can be read', async () => {
    const { boss, people } = await office(['a']);
    const post = async (status: number, body: object) => {
      const given = { name: 'Rule', method: 'fixed', userIds: [people['a']], ...body };
      return (await boss.expect(status, 'POST', '/v1/assignment-rules', given)).body;
    };
    const nobody = '0198c0de-0000-7000-8000-000000000000';
    expect((await post(422, { userIds: [nobody] })).errors[0].pointer).toBe('/userIds/0');
    expect((await post(422, { userIds: [] })).errors[0].pointer).toBe('/userIds');
    expect((await post(422, { userIds: [], teamId: nobody })).errors[0].pointer).toBe('/teamId');
    const where = { field: 'contry', op: 'eq', value: 'DE' };
    expect((await post(400, { where })).detail).toContain('contry');
    // Rules are asked before a lead is written: what it has only then would never hold.
    const early = { field: 'createdAt', op: 'gte', value: '2026-01-01T00:00:00.000Z' };
    expect((await post(422, { where: early })).errors[0].detail).toContain('createdAt');
    await post(422, { method: 'lottery' });
    const made = await post(201, {});
    const path = `/v1/assignment-rules/${made.id}`;
    await boss.expect(422, 'PATCH', path, { name: null });
    await boss.expect(412, 'PATCH', path, { name: 'Other' }, { 'if-match': '"7"' });
    const changed = await boss.expect(200, 'PATCH', path, { name: 'Other' });
    expect(changed.body).toMatchObject({ name: 'Other', version: 2, method: 'fixed' });
  });
});
