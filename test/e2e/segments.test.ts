import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { made } from '../support/belongings.js';
import {
  filled,
  GERMAN_BUYERS,
  makeSegment,
  membersOf,
  startSegmentWorker,
  untilMembers,
} from '../support/segment-fixture.js';
import { startServer } from '../support/server.js';
import type { Client, TestServer } from '../support/server.js';
import { eventually } from '../support/worker-app.js';

let server: TestServer;
let worker: INestApplicationContext;
let owner: Client;

beforeAll(async () => {
  server = await startServer();
  worker = await startSegmentWorker(server.config);
  owner = await server.createWorkspace('Marketing');
}, 60_000);

afterAll(async () => {
  await worker.close();
  await server.close();
});

const company = async (country: string): Promise<string> =>
  (await made(owner, '/v1/companies', { name: `In ${country}`, address: { country } })).id;
const contact = async (lastName: string, companyId?: string): Promise<string> =>
  (await made(owner, '/v1/contacts', { lastName, companyId })).id;
const order = async (contactId: string, unitPrice = '600.00', more: object = {}): Promise<string> =>
  (
    await made(owner, '/v1/orders', {
      ...{ contactId, currency: 'EUR', lines: [{ name: 'Kettle', quantity: '1', unitPrice }] },
      ...more,
    })
  ).id;

interface SegmentEvent {
  type: string;
  recordIds: string[];
  changes: { segmentId: string; segment: string };
}

/** What the feed says of a segment's members: `+` and `-` with the id. */
async function told(segmentId: string, client = owner): Promise<string[]> {
  const types = 'contact.segment_entered,contact.segment_left';
  const { body } = await client.expect(200, 'GET', `/v1/events?types=${types}&limit=500`);
  return (body.data as SegmentEvent[])
    .filter(({ changes }) => changes.segmentId === segmentId)
    .flatMap(({ type, recordIds }) =>
      recordIds.map((id) => (type.endsWith('entered') ? '+' : '-') + id),
    );
}

describe('contacts of companies in Germany with more than 3 orders over 500 EUR this year and no open ticket', () => {
  let segment: string;
  let german: string;
  let french: string;
  let maria: string;
  let jean: string;
  let ticket: string;
  let fourth: string;

  test('are previewed, before there is a segment, and found by a search', async () => {
    [german, french] = [await company('DE'), await company('FR')];
    [maria, jean] = [await contact('Anders', german), await contact('Dupont', french)];
    for (const id of [maria, jean]) {
      for (let count = 0; count < 3; count += 1) await order(id);
      await order(id, '600.00', { orderDate: '2020-05-05' });
      await order(id, '600.00', { currency: 'USD' });
      await order(id, '499.00');
    }
    const body = { object: 'contacts', where: GERMAN_BUYERS };
    const preview = () => owner.expect(200, 'POST', '/v1/segments/preview', body);
    expect((await preview()).body).toEqual({ count: 0, countIsExact: true, data: [] });
    for (const id of [maria, jean]) fourth = await order(id);
    expect((await preview()).body).toMatchObject({
      ...{ count: 1, countIsExact: true, data: [{ id: maria, lastName: 'Anders' }] },
    });
    const search = { where: GERMAN_BUYERS, count: 'exact' };
    const found = await owner.expect(200, 'POST', '/v1/contacts/search', search);
    expect(found.body).toMatchObject({ data: [{ id: maria }], page: { total: 1 } });
  });

  test('fill a segment behind the request, with an event for each', async () => {
    const body = { name: 'Buyers', object: 'contacts', kind: 'dynamic', where: GERMAN_BUYERS };
    const answer = await owner.expect(201, 'POST', '/v1/segments', body);
    expect(answer.body).toMatchObject({
      ...{ status: 'filling', progress: 0, memberCount: 0, where: GERMAN_BUYERS, version: 1 },
    });
    segment = answer.body.id;
    expect(await filled(owner, segment)).toMatchObject({
      ...{ status: 'current', progress: 100, memberCount: 1, error: null },
      refreshedAt: expect.any(String),
    });
    expect(await membersOf(owner, segment)).toEqual([maria]);
    expect(await told(segment)).toEqual([`+${maria}`]);
  });

  test('leave while a ticket is open, and come back when it is closed', async () => {
    ticket = (await made(owner, '/v1/tickets', { subject: 'Broken', requesterId: maria })).id;
    await untilMembers(owner, segment, []);
    await owner.expect(200, 'PATCH', `/v1/tickets/${ticket}`, { status: 'solved' });
    await untilMembers(owner, segment, [maria]);
    expect(await told(segment)).toEqual([`+${maria}`, `-${maria}`, `+${maria}`]);
    const { body } = await owner.expect(200, 'GET', `/v1/contacts/${maria}/timeline`);
    const types = body.data.map(({ type }: { type: string }) => type);
    expect(types.filter((type: string) => type.includes('segment'))).toHaveLength(3);
  });

  test('follow their company: its country, and which one it is', async () => {
    await owner.expect(200, 'PATCH', `/v1/companies/${french}`, { address: { country: 'DE' } });
    await untilMembers(owner, segment, [maria, jean]);
    await owner.expect(200, 'PATCH', `/v1/companies/${german}`, { address: { country: 'AT' } });
    await untilMembers(owner, segment, [jean]);
    await owner.expect(200, 'PATCH', `/v1/contacts/${maria}`, { companyId: french });
    await untilMembers(owner, segment, [maria, jean]);
    await owner.expect(204, 'DELETE', `/v1/companies/${french}`);
    await untilMembers(owner, segment, []);
    await owner.expect(200, 'POST', `/v1/companies/${french}/restore`);
    await untilMembers(owner, segment, [maria, jean]);
    const { body } = await owner.expect(200, 'GET', `/v1/segments/${segment}`);
    expect(body.memberCount).toBe(2);
  });

  test('follow their orders: whose they are, the bin, the end', async () => {
    await owner.expect(200, 'PATCH', `/v1/orders/${fourth}`, { contactId: maria });
    await untilMembers(owner, segment, [maria]);
    await owner.expect(200, 'PATCH', `/v1/orders/${fourth}`, { contactId: jean });
    await untilMembers(owner, segment, [maria, jean]);
    await owner.expect(204, 'DELETE', `/v1/orders/${fourth}`);
    await untilMembers(owner, segment, [maria]);
    await owner.expect(200, 'POST', `/v1/orders/${fourth}/restore`);
    await untilMembers(owner, segment, [maria, jean]);
    await owner.expect(204, 'DELETE', `/v1/orders/${fourth}?purge=true`);
    await untilMembers(owner, segment, [maria]);
    fourth = await order(jean);
    await untilMembers(owner, segment, [maria, jean]);
  });

  test('follow the contact into the bin, back, into another one, and out for good', async () => {
    await owner.expect(204, 'DELETE', `/v1/contacts/${jean}`);
    await untilMembers(owner, segment, [maria]);
    const counted = () => owner.expect(200, 'GET', `/v1/segments/${segment}`);
    await eventually(
      async () => (await counted()).body.memberCount,
      (count) => count === 1,
    );
    await owner.expect(200, 'POST', `/v1/contacts/${jean}/restore`);
    await untilMembers(owner, segment, [maria, jean]);
    const twin = await contact('Dupont', french);
    await owner.expect(200, 'POST', `/v1/contacts/${twin}/merge`, { duplicateIds: [jean] });
    await untilMembers(owner, segment, [maria, twin]);
    await owner.expect(204, 'DELETE', `/v1/contacts/${maria}?purge=true`);
    await eventually(
      async () => (await told(segment)).slice(-3).sort(),
      (events) => events.join() === [`+${twin}`, `-${jean}`, `-${maria}`].sort().join(),
    );
    expect((await counted()).body.memberCount).toBe(1);
  });

  test('are others when the condition changes: the difference enters and leaves', async () => {
    const [twin] = await membersOf(owner, segment);
    const other = await contact('Neumann', german);
    const where = { field: 'lastName', op: 'eq', value: 'Neumann' };
    const { body } = await owner.expect(200, 'PATCH', `/v1/segments/${segment}`, { where });
    expect(body.status).toBe('filling');
    await filled(owner, segment);
    expect(await membersOf(owner, segment)).toEqual([other]);
    expect((await told(segment)).slice(-2).sort()).toEqual([`+${other}`, `-${twin}`]);
    const { body: mine } = await owner.expect(200, 'GET', `/v1/contacts/${other}/segments`);
    expect(mine.data).toEqual([
      { id: segment, name: 'Buyers', kind: 'dynamic', enteredAt: expect.any(String) },
    ]);
  });

  test('are found out anew when the segment comes back from the bin', async () => {
    await owner.expect(204, 'DELETE', `/v1/segments/${segment}`);
    await owner.expect(404, 'GET', `/v1/segments/${segment}/members`);
    const late = await contact('Neumann');
    await owner.expect(200, 'POST', `/v1/segments/${segment}/restore`);
    await filled(owner, segment);
    expect(await membersOf(owner, segment)).toContain(late);
  });
});

describe('a condition over relations', () => {
  const wheres: [string, object, string[]][] = [
    ['a sum', { related: 'orders', sum: 'total', op: 'gte', value: '300.00' }, ['Rich']],
    ['no sum', { related: 'orders', sum: 'total', op: 'lt', value: '300.00' }, ['Poor', 'None']],
    ['a count of none', { related: 'orders', count: { op: 'eq', value: 0 } }, ['None']],
    ['a count', { related: 'orders', count: { op: 'lte', value: 1 } }, ['Poor', 'None']],
    [
      'the opposite',
      { not: { related: 'orders', count: { op: 'gt', value: 1 } } },
      ['Poor', 'None'],
    ],
    ['some', { related: 'orders' }, ['Rich', 'Poor']],
    [
      'either',
      {
        or: [
          { related: 'orders', none: true },
          { field: 'company.name', op: 'eq', value: 'W' },
        ],
      },
      ['Rich', 'None'],
    ],
    ['an empty value', { field: 'company.name', op: 'neq', value: 'W' }, ['Poor', 'None']],
    ['no company', { field: 'company.name', op: 'isNull', value: true }, ['Poor', 'None']],
    [
      'three hops',
      { related: 'company.contacts', where: { related: 'orders', count: { op: 'gt', value: 1 } } },
      ['Rich'],
    ],
    ['several on the way', { related: 'company.contacts', none: true }, ['Poor', 'None']],
    [
      'activities',
      { related: 'activities', where: { field: 'type', op: 'eq', value: 'call' } },
      ['Poor'],
    ],
    ['deals either way', { related: 'deals', count: { op: 'eq', value: 1 } }, ['Rich', 'Poor']],
    [
      'lately',
      { related: 'orders', where: { field: 'createdAt', op: 'gte', value: { $ago: '2d' } } },
      ['Rich', 'Poor'],
    ],
    ['in time', { field: 'createdAt', op: 'lt', value: '$startOfLastYear' }, []],
  ];
  const ids: Record<string, string> = {};
  let client: Client;

  beforeAll(async () => {
    client = await server.createWorkspace('Related');
    const { id: companyId } = await made(client, '/v1/companies', { name: 'W' });
    for (const lastName of ['Rich', 'Poor', 'None']) {
      const body = { lastName, ...(lastName === 'Rich' ? { companyId } : {}) };
      ids[lastName] = (await made(client, '/v1/contacts', body)).id;
    }
    const line = { name: 'Cup', quantity: '1', unitPrice: '200.00' };
    for (const contactId of [ids['Rich'], ids['Rich'], ids['Poor']]) {
      await made(client, '/v1/orders', { contactId, lines: [line] });
    }
    const links = [{ object: 'contact', recordId: ids['Poor'] }];
    await made(client, '/v1/activities', { type: 'call', subject: 'Call', links });
    const contacts = [{ contactId: ids['Poor'] }];
    await made(client, '/v1/deals', { name: 'One', contactId: ids['Rich'] });
    await made(client, '/v1/deals', { name: 'Two', contacts, contactId: ids['Poor'] });
  });

  const named = (names: readonly string[]) => names.map((name) => ids[name]).sort();

  test.each(wheres)('asks for %s, in searches, reports and segments', async (_, where, names) => {
    const { body } = await client.expect(200, 'POST', '/v1/contacts/search', { where });
    expect(body.data.map(({ id }: { id: string }) => id).sort()).toEqual(named(names));
    const report = await client.expect(200, 'POST', '/v1/reports/query', {
      ...{ object: 'contacts', where, measures: [{ measure: 'count' }] },
    });
    expect(report.body.rows).toEqual([{ count: names.length }]);
    const segment = await makeSegment(client, where);
    expect(await membersOf(client, segment.id)).toEqual(named(names));
    await client.expect(204, 'DELETE', `/v1/segments/${segment.id}?purge=true`);
  });

  test('says what there is when it asks for what there is not', async () => {
    const ask = async (where: object) => {
      const body = { object: 'contacts', where };
      const { body: problem } = await client.expect(400, 'POST', '/v1/segments/preview', body);
      return [problem.code, problem.errors[0].pointer, problem.detail] as string[];
    };
    const [code, pointer, detail] = await ask({ and: [{ related: 'order' }] });
    expect([code, pointer]).toEqual(['invalid-filter', '/where/and/0/related']);
    expect(detail).toMatch(/no relation order\. Did you mean orders\? There are .*company.*deals/);
    expect((await ask({ related: 'orders', sum: 'status', op: 'gt', value: '1' }))[2]).toMatch(
      /status of orders cannot be added up\. Those that can: .*total/,
    );
    expect((await ask({ field: 'orders.total', op: 'gt', value: '1' }))[2]).toMatch(/several/);
    expect((await ask({ field: 'company.nam', op: 'eq', value: '1' }))[2]).toMatch(/name\?/);
    expect((await ask({ field: 'createdAt', op: 'gt', value: '$someday' }))[2]).toMatch(
      /\$startOf/,
    );
    const hops = { related: 'company.contacts', where: { related: 'orders.company' } };
    expect((await ask({ related: 'company', where: hops }))[2]).toMatch(/no relation|3 relations/);
    const many = {
      related: 'company.contacts',
      where: { field: 'company.parent.name', value: 'x' },
    };
    expect((await ask(many))[2]).toMatch(/at most 3 relations/);
    const segment = { name: 'Odd', object: 'contacts', kind: 'dynamic', where: { related: 'x' } };
    const { body } = await client.expect(422, 'POST', '/v1/segments', segment);
    expect(body.errors[0].pointer).toBe('/where/related');
  });

  test('is not for lists, whose answers are kept', async () => {
    const lists = ['filter[company.name]=W', 'filter[createdAt][gte]=$today'];
    for (const list of lists) await client.expect(400, 'GET', `/v1/contacts?${list}`);
  });
});

describe('a static segment', () => {
  test('has the members that are added to it, and follows what becomes of them', async () => {
    const body = { name: 'Guests', object: 'contacts', kind: 'static' };
    const { id } = await made(owner, '/v1/segments', body);
    const ids = [
      await contact('Guest one'),
      await contact('Guest two'),
      await contact('Guest three'),
    ];
    const [one, two, three] = ids as [string, string, string];
    const change = (operation: string, more: object, status = 200) =>
      owner.expect(status, 'POST', `/v1/segments/${id}/members`, { operation, ...more });
    expect((await change('add', { ids: [one, two] })).body).toEqual({
      ...{ added: 2, removed: 0, unchanged: 0, memberCount: 2 },
    });
    const where = { field: 'lastName', op: 'startsWith', value: 'Guest' };
    expect((await change('add', { where })).body).toMatchObject({ added: 1, unchanged: 2 });
    expect((await change('remove', { ids: [three] })).body).toMatchObject({ memberCount: 2 });
    const { body: problem } = await change('add', { ids: [one, id] }, 422);
    expect(problem.errors).toMatchObject([{ pointer: '/ids/1', code: 'reference' }]);
    expect(await membersOf(owner, id)).toEqual([one, two].sort());
    await owner.expect(204, 'DELETE', `/v1/contacts/${one}`);
    await untilTold(id, `-${one}`);
    await owner.expect(200, 'POST', `/v1/contacts/${one}/restore`);
    await untilTold(id, `+${one}`);
    await owner.expect(200, 'POST', `/v1/contacts/${three}/merge`, { duplicateIds: [two] });
    await untilTold(id, `-${two}`);
    expect(await membersOf(owner, id)).toEqual([one, three].sort());
    await owner.expect(204, 'DELETE', `/v1/contacts/${three}?purge=true`);
    await untilTold(id, `-${three}`);
    const { body: segment } = await owner.expect(200, 'GET', `/v1/segments/${id}`);
    expect(segment).toMatchObject({ memberCount: 1, status: 'current', where: null });
  });

  const untilTold = (id: string, last: string) =>
    eventually(
      () => told(id),
      (events) => events.slice(-2).includes(last),
    );

  test('stays what it is: neither its kind nor its object changes, and it takes no condition', async () => {
    const body = { name: 'Fixed', object: 'contacts', kind: 'static' };
    const { id } = await made(owner, '/v1/segments', body);
    const where = { field: 'lastName', op: 'eq', value: 'x' };
    for (const change of [{ kind: 'dynamic' }, { object: 'leads' }, { where }]) {
      await owner.expect(422, 'PATCH', `/v1/segments/${id}`, change);
    }
    await owner.expect(422, 'POST', '/v1/segments', { ...body, name: 'B', kind: 'dynamic' });
    const dynamic = await makeSegment(owner, where);
    const change = { operation: 'add', where };
    await owner.expect(409, 'POST', `/v1/segments/${dynamic.id}/members`, change);
  });
});

describe('what a caller may not read', () => {
  test('is neither counted nor asked for', async () => {
    const permissions = ['contact:read:own', 'segment:*', 'order:read'];
    await owner.expect(201, 'POST', '/v1/roles', { name: 'Own contacts', permissions });
    const seller = await server.createUser('Own contacts', owner);
    const mine = await made(owner, '/v1/contacts', { lastName: 'Mine', ownerId: seller.userId });
    const everyone = { field: 'lastName', op: 'isNull', value: false };
    const preview = (where: object, status = 200) =>
      seller.expect(status, 'POST', '/v1/segments/preview', { object: 'contacts', where });
    expect((await preview(everyone)).body).toMatchObject({ count: 1, data: [{ id: mine.id }] });
    expect((await preview({ related: 'deals' }, 403)).body.detail).toContain('deal:read');
    expect((await preview({ field: 'company.name', value: 'x' }, 403)).body.detail).toContain(
      'company:read',
    );
    const body = { name: 'All', object: 'contacts', kind: 'dynamic', where: everyone };
    expect((await seller.expect(403, 'POST', '/v1/segments', body)).body.detail).toContain(
      'contact:read',
    );
    const all = await makeSegment(owner, everyone);
    expect(await membersOf(seller, all.id)).toEqual([mine.id]);
  });

  test('is nothing of another workspace, whichever way a relation leads', async () => {
    const other = await server.createWorkspace('Other');
    const { id } = await made(other, '/v1/contacts', { lastName: 'Other' });
    const where = {
      or: [
        { related: 'orders', none: true },
        { field: 'id', op: 'eq', value: id },
      ],
    };
    const { body } = await owner.expect(200, 'POST', '/v1/contacts/search', { where, limit: 500 });
    expect(body.data.map((record: { id: string }) => record.id)).not.toContain(id);
    const segment = await makeSegment(other, { field: 'lastName', op: 'eq', value: 'Other' });
    expect(segment.memberCount).toBe(1);
    await owner.expect(404, 'GET', `/v1/segments/${segment.id}/members`);
    const { body: guests } = await owner.expect(201, 'POST', '/v1/segments', {
      ...{ name: 'Not theirs', object: 'contacts', kind: 'static' },
    });
    const change = { operation: 'add', ids: [id] };
    await owner.expect(422, 'POST', `/v1/segments/${guests.id}/members`, change);
  });
});

test('a segment whose property is gone says so, and goes on with another condition', async () => {
  const client = await server.createWorkspace('Properties');
  const tier = { name: 'tier', label: 'Tier', type: 'text' };
  await client.expect(201, 'POST', '/v1/properties/contacts', tier);
  const gold = { lastName: 'Gold', custom: { tier: 'gold' } };
  const { id } = await made(client, '/v1/contacts', gold);
  const where = { field: 'custom.tier', op: 'eq', value: 'gold' };
  const segment = await makeSegment(client, where);
  expect(await membersOf(client, segment.id)).toEqual([id]);
  await client.expect(204, 'DELETE', '/v1/properties/contacts/tier');
  // What a worker knows of properties may be a second old.
  const refreshed = async () => {
    await client.expect(202, 'POST', `/v1/segments/${segment.id}/refresh`);
    return filled(client, segment.id);
  };
  const failed = await eventually(refreshed, ({ status }) => status === 'failed');
  expect(failed.error).toContain('custom.tier');
  expect(await membersOf(client, segment.id)).toEqual([id]);
  const other = { field: 'lastName', op: 'eq', value: 'Gold' };
  await client.expect(200, 'PATCH', `/v1/segments/${segment.id}`, { where: other });
  expect(await filled(client, segment.id)).toMatchObject({
    ...{ status: 'current', error: null, progress: 100, memberCount: 1 },
  });
});
