import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { WorkloadSources } from '../../src/platform/records/workload-sources.js';
import { startWorker, runImport } from '../support/imports.js';
import { startServer } from '../support/server.js';
import type { Client, TestServer } from '../support/server.js';
import { eventually } from '../support/worker-app.js';

/** Somebody leaves, and what they looked after goes to somebody else. */
let server: TestServer;
let worker: INestApplicationContext;
let admin: Client;

beforeAll(async () => {
  server = await startServer();
  worker = await startWorker(server.config);
  admin = await server.createWorkspace('Changing');
}, 60_000);

afterAll(async () => {
  await worker.close();
  await server.close();
});

const make = async (path: string, body: object) =>
  (await admin.expect(201, 'POST', path, body)).body;

/** Makes records of an object that a user owns. */
async function give(owner: Client, plural: string, count: number): Promise<string[]> {
  const name = plural === 'contacts' ? 'lastName' : 'name';
  const records = Array.from({ length: count }, (_, index) => ({
    [name]: `Of ${owner.userId} ${index}`,
    ownerId: owner.userId,
  }));
  const { body } = await admin.expect(200, 'POST', `/v1/${plural}/batch`, {
    ...{ operation: 'create', records },
  });
  return body.results.map(({ id }: { id: string }) => id);
}

const whenDone = (userId: string, id: string) =>
  eventually(
    async () => (await admin.expect(200, 'GET', `/v1/users/${userId}/hand-overs/${id}`)).body,
    ({ status }) => status === 'completed' || status === 'failed',
  );

const ownedBy = async (user: Client) =>
  (await admin.expect(200, 'GET', `/v1/users/${user.userId}/workload`)).body;

describe('a hand-over', () => {
  test('says what it would be, then passes every record on, each with its history', async () => {
    const [from, to] = [
      await server.createUser('member', admin),
      await server.createUser('member', admin),
    ];
    const contacts = await give(from, 'contacts', 1000);
    await give(from, 'contacts', 501);
    await give(from, 'companies', 3);
    const team = await make('/v1/teams', { name: 'Passed on', ownerId: from.userId });
    const [binned = ''] = await give(from, 'companies', 1);
    await admin.expect(204, 'DELETE', `/v1/companies/${binned}`);
    const path = `/v1/users/${from.userId}/hand-over`;
    const dry = await admin.expect(200, 'POST', path, { to: to.userId, dryRun: true });
    expect(dry.body).toMatchObject({
      ...{ id: null, status: 'dryRun', total: 1505 },
      moved: { contacts: 1501, companies: 3, teams: 1 },
    });
    expect((await ownedBy(from)).ownedTotal).toBe(1505);
    const { body: started, headers } = await admin.expect(202, 'POST', path, { to: to.userId });
    expect(headers.get('location')).toBe(`/v1/users/${from.userId}/hand-overs/${started.id}`);
    expect(await whenDone(from.userId, started.id)).toMatchObject({
      ...{ status: 'completed', total: 1505, error: null },
      moved: { contacts: 1501, companies: 3, teams: 1 },
    });
    expect((await ownedBy(from)).ownedTotal).toBe(0);
    expect(await ownedBy(to)).toMatchObject({ owned: { contacts: 1501, companies: 3, teams: 1 } });
    const { body: record } = await admin.expect(200, 'GET', `/v1/contacts/${contacts[7] ?? ''}`);
    expect(record).toMatchObject({ ownerId: to.userId, version: 2, updatedBy: admin.userId });
    const timeline = await admin.expect(200, 'GET', `/v1/teams/${team.id}/timeline`);
    expect(timeline.body.data[0]).toMatchObject({
      ...{ type: 'team.updated', source: `hand-over:${started.id}` },
      changes: { ownerId: [from.userId, to.userId] },
      actor: { userId: admin.userId },
    });
    const feed = await admin.expect(200, 'GET', '/v1/events?types=contact.updated&limit=10');
    expect(feed.body.data.map((event: { recordIds: string[] }) => event.recordIds.length)).toEqual([
      1000, 501,
    ]);
    const audit = await admin.expect(200, 'GET', '/v1/audit?type=user.*&limit=2');
    expect(audit.body.data.map(({ type }: { type: string }) => type)).toEqual([
      'user.handed_over',
      'user.hand_over_started',
    ]);
    const list = await admin.expect(200, 'GET', `/v1/users/${from.userId}/hand-overs`);
    expect(list.body.data).toEqual([expect.objectContaining({ id: started.id })]);
    const again = await admin.expect(202, 'POST', path, { to: to.userId });
    expect(await whenDone(from.userId, again.body.id)).toMatchObject({ total: 0 });
  }, 60_000);

  test('comes with leaving in one call, and both happen or neither', async () => {
    const [leaver, heir] = [
      await server.createUser('member', admin),
      await server.createUser('member', admin),
    ];
    await give(leaver, 'contacts', 2);
    const path = `/v1/users/${leaver.userId}/deactivate`;
    await admin.expect(422, 'POST', path, { handOverTo: leaver.userId });
    await leaver.expect(200, 'GET', '/v1/auth/me');
    const { body } = await admin.expect(200, 'POST', path, { handOverTo: heir.userId });
    expect([body.status, body.handOver.status]).toEqual(['deactivated', 'queued']);
    await leaver.expect(401, 'GET', '/v1/auth/me');
    await whenDone(leaver.userId, body.handOver.id);
    expect((await ownedBy(heir)).owned.contacts).toBe(2);
    const back = `/v1/users/${heir.userId}/hand-over`;
    const refused = await admin.expect(422, 'POST', back, { to: leaver.userId });
    expect(refused.body.errors[0].pointer).toBe('/to');
    const one = { to: admin.userId, objects: ['contacts'] };
    const { body: some } = await admin.expect(202, 'POST', back, one);
    expect(await whenDone(heir.userId, some.id)).toMatchObject({ moved: { contacts: 2 } });
  });

  test('takes the permission to change all records of the objects', async () => {
    const permissions = ['user:manage', 'user:read', 'contact:update', 'company:update:own'];
    await make('/v1/roles', { name: 'Office', permissions });
    const office = await server.createUser('Office', admin);
    const [from, to] = [
      await server.createUser('member', admin),
      await server.createUser('member', admin),
    ];
    const path = `/v1/users/${from.userId}/hand-over`;
    const { body } = await office.expect(403, 'POST', path, { to: to.userId });
    expect(body.missingPermissions).toEqual(
      expect.arrayContaining(['company:update (all records)', 'team:update']),
    );
    await office.expect(202, 'POST', path, { to: to.userId, objects: ['contacts'] });
    await office.expect(422, 'POST', path, { to: to.userId, objects: ['wages'] });
    await to.expect(403, 'POST', path, { to: to.userId });
  });
});

describe('a workload', () => {
  test('counts what a user owns and what is open, and adds it up for a team', async () => {
    const [ann, ben] = [
      await server.createUser('member', admin),
      await server.createUser('viewer', admin),
    ];
    await give(ann, 'contacts', 3);
    await give(ann, 'companies', 2);
    await give(ben, 'contacts', 1);
    // Stands for a domain with work: contacts are open, those with a number ending in 1 overdue.
    server.app.get(WorkloadSources, { strict: false }).register({
      object: 'contacts',
      sql: `select owner_id as "userId", count(*) as open,
          count(*) filter (where last_name like '%1') as overdue
        from contacts where workspace_id = $1 and owner_id = any($2::uuid[])
          and created_at < $3::timestamptz group by owner_id`,
    });
    expect(await ownedBy(ann)).toMatchObject({
      ...{ userId: ann.userId, owned: { companies: 2, contacts: 3, teams: 0 }, ownedTotal: 5 },
      ...{ work: { contacts: { open: 3, overdue: 1 } }, openTotal: 3, overdueTotal: 1 },
    });
    const team = await make('/v1/teams', { name: 'At work' });
    for (const { userId } of [ann, ben]) {
      await admin.expect(201, 'PUT', `/v1/teams/${team.id}/members/${userId}`, { role: 'member' });
    }
    const { body } = await ben.expect(200, 'GET', `/v1/teams/${team.id}/workload`);
    expect(body).toMatchObject({
      ...{ teamId: team.id, owned: { companies: 2, contacts: 4, teams: 0 }, ownedTotal: 6 },
      ...{ work: { contacts: { open: 4, overdue: 1 } }, openTotal: 4, overdueTotal: 1 },
    });
    expect(body.members.map(({ ownedTotal }: { ownedTotal: number }) => ownedTotal)).toEqual([
      5, 1,
    ]);
    await make('/v1/roles', { name: 'Own', permissions: ['user:read', 'contact:read:own'] });
    const own = await server.createUser('Own', admin);
    const seen = await own.expect(200, 'GET', `/v1/users/${ann.userId}/workload`);
    expect(seen.body).toMatchObject({ owned: {}, work: {}, ownedTotal: 0 });
    await give(own, 'contacts', 1);
    const mine = await own.expect(200, 'GET', `/v1/users/${own.userId}/workload`);
    expect(mine.body.owned).toEqual({ contacts: 1 });
    await admin.expect(404, 'GET', `/v1/users/${team.id}/workload`);
  });
});

test('teams come from a file as well, and a circle in it is one bad row', async () => {
  const lead = await server.createUser('member', admin);
  await make('/v1/teams', { name: 'Head' });
  const first = ['Team,Parent team,managerId', `Left,Head,${lead.userId}`, 'Right,Head,'];
  const options = { object: 'teams', matchOn: 'name' };
  const done = await runImport(admin, { options, file: first.join('\n') });
  expect(done.totals).toMatchObject({ created: 2, failed: 0 });
  const { body } = await admin.expect(200, 'GET', '/v1/teams?filter[name]=Left&include=parentTeam');
  expect(body.data[0]).toMatchObject({ managerId: lead.userId, parentTeam: { name: 'Head' } });
  const second = ['Team,Parent team', 'Head,Left', 'Lower,Left'];
  const again = await runImport(admin, { options, file: second.join('\n') });
  expect(again.totals).toMatchObject({ created: 1, updated: 0, failed: 1 });
}, 60_000);
