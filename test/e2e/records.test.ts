import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startServer } from '../support/server.js';
import type { Client, TestServer } from '../support/server.js';

let server: TestServer;
let admin: Client;

beforeAll(async () => {
  server = await startServer();
  admin = server.admin;
}, 60_000);
afterAll(() => server.close());

const NOBODY = '019aa000-0000-7000-8000-000000000009';

async function contact(body: object, client = admin) {
  const { body: record } = await client.expect(201, 'POST', '/v1/contacts', body);
  return record as { id: string; version: number; [name: string]: unknown };
}

describe('a record', () => {
  it('is created normalised, with its address, version and ETag', async () => {
    const reply = await admin.expect(201, 'POST', '/v1/companies', {
      name: ' Müller Bräu ',
      domain: 'https://www.Mueller-Braeu.de/shop',
      address: { city: 'Kronach', country: 'Germany' },
      phone: '09261 628000',
      annualRevenue: { amount: '1250', currency: 'EUR' },
    });
    expect(reply.body).toMatchObject({
      name: 'Müller Bräu',
      domain: 'mueller-braeu.de',
      address: { street: null, city: 'Kronach', country: 'DE' },
      phone: '+499261628000',
      phoneOriginal: '09261 628000',
      phoneValid: true,
      annualRevenue: { amount: '1250.00', currency: 'EUR' },
      version: 1,
      ownerId: admin.userId,
    });
    expect(reply.headers.get('etag')).toBe('"1"');
    expect(reply.headers.get('location')).toBe(`/v1/companies/${reply.body.id}`);
    expect(reply.body.createdAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  it('is changed by JSON or by a merge patch named as one; other bodies are told what to be', async () => {
    const { id } = await contact({ lastName: 'Typed', title: 'Old' });
    const path = `/v1/contacts/${id}`;
    const send = (type: string, body: string) =>
      admin.api('PATCH', path, body, { 'content-type': type });
    for (const [title, type] of [
      ['A', 'application/json'],
      ['B', 'application/merge-patch+json'],
      ['C', 'application/merge-patch+json; charset=utf-8'],
    ] as const) {
      const reply = await send(type, JSON.stringify({ title }));
      expect([reply.status, reply.body.title]).toEqual([200, title]);
    }
    for (const type of ['application/xml', 'application/json-patch+json']) {
      const reply = await send(type, '{"title":"D"}');
      expect(reply.body).toMatchObject({ status: 415, code: 'unsupported-media-type' });
      expect(reply.body.detail).toMatch(/^Send application\/json/);
    }
    for (const type of ['application/json', 'application/merge-patch+json']) {
      const broken = await send(type, '{"title":');
      expect(broken.body).toMatchObject({ status: 400, detail: 'The body is not JSON.' });
      const empty = await send(type, '');
      expect(empty.body).toMatchObject({ status: 400, detail: 'The body is empty; send JSON.' });
      const large = await send(type, JSON.stringify({ title: 'x'.repeat(9_000_000) }));
      expect(large.body).toMatchObject({ status: 413, code: 'too-large' });
    }
    expect((await admin.expect(200, 'GET', path)).body.title).toBe('C');
  });

  it('names every fault of a body and writes nothing', async () => {
    const reply = await admin.expect(422, 'POST', '/v1/contacts', {
      id: NOBODY,
      email: 'x',
      shoeSize: 44,
      lastName: 'Fault',
      ownerId: 'me',
      custom: { unknown: 1 },
    });
    const pointers = reply.body.errors.map((error: { pointer: string }) => error.pointer);
    expect(pointers.sort()).toEqual(['/custom/unknown', '/email', '/id', '/ownerId', '/shoeSize']);
    const list = await admin.expect(200, 'GET', '/v1/contacts?filter[lastName]=Fault');
    expect(list.body.data).toEqual([]);
  });

  it('refuses references that lead nowhere, also to users', async () => {
    for (const field of ['companyId', 'ownerId']) {
      const body = { lastName: 'Lost', [field]: NOBODY };
      const reply = await admin.expect(422, 'POST', '/v1/contacts', body);
      expect(reply.body.errors[0]).toMatchObject({ pointer: `/${field}`, code: 'reference' });
    }
  });

  it('keeps a phone that is none, and flags it', async () => {
    const record = await contact({ lastName: 'Phone', phone: 'call reception' });
    expect(record).toMatchObject({ phone: 'call reception', phoneValid: false });
  });

  it('tells of a taken e-mail address which record has it, without regard to case', async () => {
    const { id } = await contact({ email: 'taken@example.com' });
    const reply = await admin.expect(409, 'POST', '/v1/contacts', { email: 'Taken@Example.com' });
    expect(reply.body).toMatchObject({ code: 'duplicate', existingId: id });
  });

  it('answers 304 to a client that has it, and 412 to one that has an older one', async () => {
    const { id } = await contact({ lastName: 'Etag' });
    const path = `/v1/contacts/${id}`;
    const same = await admin.api('GET', path, undefined, { 'if-none-match': '"1"' });
    expect(same.status).toBe(304);
    const changed = await admin.expect(
      200,
      'PATCH',
      path,
      { title: 'Boss' },
      { 'if-match': '"1"' },
    );
    expect(changed.headers.get('etag')).toBe('"2"');
    await admin.expect(412, 'PATCH', path, { title: 'Clerk' }, { 'if-match': '"1"' });
    const unchanged = await admin.expect(200, 'PATCH', path, { title: 'Boss' });
    expect(unchanged.body.version).toBe(2);
  });

  it('takes a merge patch: null clears, what is not named stays', async () => {
    const { id } = await contact({
      firstName: 'Ada',
      lastName: 'Patch',
      address: { city: 'London', country: 'GB' },
      externalIds: { erp: '1', web: '2' },
    });
    const { body } = await admin.expect(200, 'PATCH', `/v1/contacts/${id}`, {
      firstName: null,
      address: { city: null },
      externalIds: { web: null },
    });
    expect(body).toMatchObject({
      firstName: null,
      lastName: 'Patch',
      address: { city: null, country: 'GB' },
      externalIds: { erp: '1' },
    });
  });

  it('goes to the bin and back, frees its unique values meanwhile, and can be purged', async () => {
    const { id } = await contact({ email: 'bin@example.com', externalIds: { crm: 'bin-1' } });
    const path = `/v1/contacts/${id}`;
    await admin.expect(204, 'DELETE', path);
    await admin.expect(404, 'GET', path);
    const bin = await admin.expect(
      200,
      'GET',
      '/v1/contacts?deleted=true&filter[email]=bin@example.com',
    );
    expect(bin.body.data).toHaveLength(1);
    const second = await contact({ email: 'bin@example.com', externalIds: { crm: 'bin-1' } });
    const conflict = await admin.expect(409, 'POST', `${path}/restore`);
    expect(conflict.body.existingId).toBe(second.id);
    await admin.expect(204, 'DELETE', `/v1/contacts/${second.id}?purge=true`);
    const restored = await admin.expect(200, 'POST', `${path}/restore`);
    expect(restored.body.externalIds).toEqual({ crm: 'bin-1' });
    await admin.expect(204, 'DELETE', `${path}?purge=true`);
    const after = await admin.expect(
      200,
      'GET',
      '/v1/contacts?deleted=true&filter[email]=bin@example.com',
    );
    expect(after.body.data).toEqual([]);
  });

  it('embeds what it points to, and only the fields asked for', async () => {
    const { body: company } = await admin.expect(201, 'POST', '/v1/companies', {
      name: 'Embedded',
    });
    const { id } = await contact({ lastName: 'Include', companyId: company.id });
    const { body } = await admin.expect(
      200,
      'GET',
      `/v1/contacts/${id}?fields=lastName&include=company,owner`,
    );
    expect(Object.keys(body).sort()).toEqual(['company', 'id', 'lastName', 'owner']);
    expect(body.company).toMatchObject({ id: company.id, name: 'Embedded' });
    expect(body.owner).toMatchObject({ id: admin.userId });
    await admin.expect(400, 'GET', `/v1/contacts/${id}?include=boss`);
  });
});

describe('an upsert', () => {
  it('creates first and changes then, by e-mail and by external id', async () => {
    const path = '/v1/contacts/by/email/Upsert@Example.com';
    const first = await admin.expect(201, 'PUT', path, { lastName: 'One' });
    const second = await admin.expect(200, 'PUT', path, { lastName: 'Two' });
    expect(second.body).toMatchObject({ id: first.body.id, lastName: 'Two', version: 2 });
    const external = '/v1/contacts/by/externalIds.legacy-crm/4711';
    const made = await admin.expect(201, 'PUT', external, { lastName: 'External' });
    expect(made.body.externalIds).toEqual({ 'legacy-crm': '4711' });
    await admin.expect(200, 'PUT', external, { lastName: 'External again' });
    await admin.expect(400, 'PUT', '/v1/contacts/by/lastName/x', { title: 'x' });
  });

  it('makes one record of twenty that come at once', async () => {
    const path = '/v1/contacts/by/email/race@example.com';
    const replies = await Promise.all(
      Array.from({ length: 20 }, (_, index) => admin.api('PUT', path, { title: `T${index}` })),
    );
    expect(replies.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(19);
    const { body } = await admin.expect(200, 'GET', path.replace('/by/email/', '?filter[email]='));
    expect(body.data).toHaveLength(1);
    expect(body.data[0].version).toBe(20);
  });
});

describe('a batch', () => {
  it('does what it can and says of each item what became of it', async () => {
    const { body } = await admin.expect(207, 'POST', '/v1/contacts/batch', {
      operation: 'create',
      records: [
        { email: 'b1@example.com' },
        { email: 'nonsense' },
        { email: 'B1@example.com' },
        { lastName: 'B4', companyId: NOBODY },
        { lastName: 'B5', externalIds: { crm: 'b5' } },
        { lastName: 'B6', externalIds: { crm: 'b5' } },
      ],
    });
    const statuses = body.results.map((item: { status: number }) => item.status);
    expect(statuses).toEqual([201, 422, 409, 422, 201, 409]);
    expect(body).toMatchObject({ succeeded: 2, failed: 4 });
    expect(body.results[2].error.existingId).toBe(body.results[0].id);
    expect(body.results[5].error.existingId).toBe(body.results[4].id);
  });

  it('that is atomic writes all or nothing and names each fault', async () => {
    const { body } = await admin.expect(422, 'POST', '/v1/contacts/batch', {
      operation: 'create',
      atomic: true,
      records: [{ lastName: 'Atomic' }, { email: 'x' }, { lastName: 'Y', companyId: NOBODY }],
    });
    const pointers = body.errors.map((error: { pointer: string }) => error.pointer);
    expect(pointers).toEqual(['/records/1/email', '/records/2/companyId']);
    const list = await admin.expect(200, 'GET', '/v1/contacts?filter[lastName]=Atomic');
    expect(list.body.data).toEqual([]);
  });

  it('upserts items with the same key one after the other', async () => {
    const { body } = await admin.expect(200, 'POST', '/v1/contacts/batch', {
      operation: 'upsert',
      matchOn: 'email',
      records: [
        { email: 'same@example.com', lastName: 'First' },
        { email: 'same@example.com', title: 'Second' },
      ],
    });
    expect(body.results[1]).toMatchObject({ status: 200, id: body.results[0].id });
    expect(body.results[1].record).toMatchObject({
      lastName: 'First',
      title: 'Second',
      version: 2,
    });
  });

  it('updates, gets and deletes by id, with versions', async () => {
    const [a, b] = [await contact({ lastName: 'Ba' }), await contact({ lastName: 'Bb' })];
    const updated = await admin.expect(207, 'POST', '/v1/contacts/batch', {
      operation: 'update',
      records: [
        { id: a.id, version: 1, title: 'x' },
        { id: b.id, version: 7, title: 'x' },
        { id: NOBODY, title: 'x' },
      ],
    });
    expect(updated.body.results.map((item: { status: number }) => item.status)).toEqual([
      200, 412, 404,
    ]);
    const got = await admin.expect(207, 'POST', '/v1/contacts/batch', {
      operation: 'get',
      records: [a.id, { id: b.id }, NOBODY],
    });
    expect(got.body.results[0].record.title).toBe('x');
    const gone = await admin.expect(200, 'POST', '/v1/contacts/batch', {
      operation: 'delete',
      records: [{ id: a.id }, { id: b.id }],
    });
    expect(gone.body.succeeded).toBe(2);
    await admin.expect(404, 'GET', `/v1/contacts/${a.id}`);
  });

  it('of more than 1,000 records is refused with the limit named', async () => {
    const records = Array.from({ length: 1001 }, () => ({ lastName: 'x' }));
    const body = { operation: 'create', records };
    const reply = await admin.expect(422, 'POST', '/v1/contacts/batch', body);
    expect(reply.body.errors[0]).toMatchObject({ pointer: '/records', code: 'arrayMaxSize' });
  });

  it('of 1,000 records is one event that names them all', async () => {
    const records = Array.from({ length: 1000 }, (_, index) => ({ lastName: `Bulk ${index}` }));
    const { body } = await admin.expect(200, 'POST', '/v1/contacts/batch', {
      operation: 'create',
      records,
    });
    expect(body.succeeded).toBe(1000);
    const { id } = body.results[999];
    const timeline = await admin.expect(200, 'GET', `/v1/contacts/${id}/timeline`);
    expect(timeline.body.data).toHaveLength(1);
    expect(timeline.body.data[0]).toMatchObject({ type: 'contact.created' });
  });
});

describe('an Idempotency-Key', () => {
  it('replays the first answer, refuses another body, and does so per caller', async () => {
    const headers = { 'idempotency-key': 'order-1' };
    const body = { lastName: 'Once' };
    const first = await admin.expect(201, 'POST', '/v1/contacts', body, headers);
    const second = await admin.expect(201, 'POST', '/v1/contacts', body, headers);
    expect(second.text).toBe(first.text);
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    expect(second.headers.get('etag')).toBe(first.headers.get('etag'));
    expect(second.headers.get('location')).toBe(first.headers.get('location'));
    const other = { lastName: 'Twice' };
    const mismatch = await admin.expect(422, 'POST', '/v1/contacts', other, headers);
    expect(mismatch.body.code).toBe('idempotency-mismatch');
    const manager = await server.createUser('manager');
    const theirs = await manager.expect(201, 'POST', '/v1/contacts', body, headers);
    expect(theirs.body.id).not.toBe(first.body.id);
  });

  it('lets one of many simultaneous requests through and makes one record', async () => {
    const headers = { 'idempotency-key': 'race-1' };
    const replies = await Promise.all(
      Array.from({ length: 10 }, () =>
        admin.api('POST', '/v1/contacts', { lastName: 'Racer' }, headers),
      ),
    );
    const statuses = new Set(replies.map(({ status }) => status));
    expect([...statuses].filter((status) => status !== 201 && status !== 409)).toEqual([]);
    const { body } = await admin.expect(200, 'GET', '/v1/contacts?filter[lastName]=Racer');
    expect(body.data).toHaveLength(1);
  });

  it('keeps nothing of a request that failed', async () => {
    const headers = { 'idempotency-key': 'failed-1' };
    await admin.expect(422, 'POST', '/v1/contacts', { email: 'x' }, headers);
    await admin.expect(201, 'POST', '/v1/contacts', { email: 'fixed@example.com' }, headers);
    await admin.expect(409, 'POST', '/v1/contacts', { email: 'fixed@example.com' });
  });
});

describe('duplicates', () => {
  it('are found, merged with what is preferred, and their ids lead to the survivor', async () => {
    const { body: company } = await admin.expect(201, 'POST', '/v1/companies', {
      name: 'Dupont Brasserie',
      phone: '+32 69 67 10 66',
    });
    const { body: twin } = await admin.expect(201, 'POST', '/v1/companies', {
      name: 'Brasserie Dupont',
      phone: '+3269671066',
      domain: 'dupont.example',
      tags: ['b'],
      externalIds: { crm: 'd-2' },
    });
    const employee = await contact({ lastName: 'Dupont', companyId: twin.id });
    const found = await admin.expect(200, 'GET', `/v1/companies/${company.id}/duplicates`);
    expect(found.body.data[0]).toMatchObject({ id: twin.id });
    const merge = { duplicateIds: [twin.id], prefer: { name: twin.id } };
    const path = `/v1/companies/${company.id}/merge`;
    const trial = { ...merge, dryRun: true };
    const once = { 'idempotency-key': 'a-trial-merge' };
    const dry = await admin.expect(200, 'POST', path, trial, once);
    expect(dry.body).toMatchObject({ record: null, moved: { contacts: 1 } });
    await admin.expect(200, 'GET', `/v1/companies/${twin.id}`);
    const { body } = await admin.expect(200, 'POST', path, merge);
    expect(body.record).toMatchObject({
      id: company.id,
      name: 'Brasserie Dupont',
      domain: 'dupont.example',
      tags: ['b'],
      externalIds: { crm: 'd-2' },
    });
    const moved = await admin.expect(200, 'GET', `/v1/contacts/${employee.id}`);
    expect(moved.body.companyId).toBe(company.id);
    const history = await admin.expect(200, 'GET', `/v1/contacts/${employee.id}/timeline`);
    expect(history.body.data[0]).toMatchObject({
      type: 'contact.updated',
      changes: { companyId: [twin.id, company.id] },
    });
    const redirect = await admin.expect(301, 'GET', `/v1/companies/${twin.id}`);
    expect(redirect.headers.get('location')).toBe(`/v1/companies/${company.id}`);
    const byDomain = await admin.expect(200, 'PUT', '/v1/companies/by/domain/dupont.example', {});
    expect(byDomain.body.id).toBe(company.id);
  });
});

describe('a purge', () => {
  it('leaves no record pointing to what is gone, and says so in their timelines', async () => {
    const { body: company } = await admin.expect(201, 'POST', '/v1/companies', { name: 'Gone' });
    const employee = await contact({ lastName: 'Left', companyId: company.id });
    await admin.expect(204, 'DELETE', `/v1/companies/${company.id}?purge=true`);
    const { body } = await admin.expect(200, 'GET', `/v1/contacts/${employee.id}`);
    expect(body).toMatchObject({ companyId: null, version: 2 });
    const history = await admin.expect(200, 'GET', `/v1/contacts/${employee.id}/timeline`);
    expect(history.body.data[0].changes).toEqual({ companyId: [company.id, null] });
  });
});

describe('custom properties', () => {
  it('are validated, filtered, sorted and upserted by', async () => {
    const define = (body: object) => admin.expect(201, 'POST', '/v1/properties/contacts', body);
    await define({
      name: 'tier',
      label: 'Tier',
      type: 'select',
      options: [{ value: 'gold' }, { value: 'silver' }],
    });
    await define({ name: 'score', label: 'Score', type: 'number' });
    await define({ name: 'badge', label: 'Badge', type: 'text', unique: true });
    await contact({ lastName: 'C1', custom: { tier: 'gold', score: 7, badge: 'A1' } });
    await contact({ lastName: 'C2', custom: { tier: 'silver', score: 30 } });
    await contact({ lastName: 'C3', custom: { score: 9.5 } });
    const bad = await admin.expect(422, 'POST', '/v1/contacts', {
      lastName: 'C4',
      custom: { tier: 'tin' },
    });
    expect(bad.body.errors[0].pointer).toBe('/custom/tier');
    const names = async (query: string) => {
      const { body } = await admin.expect(200, 'GET', `/v1/contacts?fields=lastName&${query}`);
      return body.data.map((record: { lastName: string }) => record.lastName);
    };
    expect(await names('filter[custom.tier][in]=gold,silver&sort=lastName')).toEqual(['C1', 'C2']);
    expect(await names('filter[custom.score][gt]=8&sort=custom.score')).toEqual(['C3', 'C2']);
    const sorted = await names('sort=-custom.score&limit=3');
    expect(sorted).toEqual(['C2', 'C3', 'C1']);
    const taken = await admin.expect(409, 'POST', '/v1/contacts', {
      lastName: 'C5',
      custom: { badge: 'A1' },
    });
    expect(taken.body.code).toBe('duplicate');
    const upserted = await admin.expect(200, 'PUT', '/v1/contacts/by/custom.badge/A1', {
      title: 'Badged',
    });
    expect(upserted.body).toMatchObject({ lastName: 'C1', title: 'Badged' });
  });
});

describe('row-level access', () => {
  it('lets a member change only what they own, and see all', async () => {
    const member = await server.createUser('member');
    const theirs = await contact({ lastName: 'Theirs' }, member);
    const mine = await contact({ lastName: 'Mine' });
    await member.expect(200, 'PATCH', `/v1/contacts/${theirs.id}`, { title: 'ok' });
    await member.expect(200, 'GET', `/v1/contacts/${mine.id}`);
    await member.expect(403, 'PATCH', `/v1/contacts/${mine.id}`, { title: 'no' });
    await member.expect(403, 'DELETE', `/v1/contacts/${theirs.id}?purge=true`);
    const viewer = await server.createUser('viewer');
    await viewer.expect(403, 'POST', '/v1/contacts', { lastName: 'No' });
  });

  it('hides what is out of reach as if it did not exist', async () => {
    await admin.expect(201, 'POST', '/v1/roles', {
      name: 'agent',
      permissions: ['contact:*:own', 'company:read'],
    });
    const agent = await server.createUser('agent');
    const own = await contact({ lastName: 'Agent' }, agent);
    const other = await contact({ lastName: 'Hidden' });
    await agent.expect(404, 'GET', `/v1/contacts/${other.id}`);
    await agent.expect(404, 'PATCH', `/v1/contacts/${other.id}`, { title: 'x' });
    await agent.expect(404, 'GET', `/v1/contacts/${other.id}/timeline`);
    const list = await agent.expect(200, 'GET', '/v1/contacts?count=exact');
    expect(list.body.data.map((record: { id: string }) => record.id)).toEqual([own.id]);
    expect(list.body.page.total).toBe(1);
    const search = await agent.expect(200, 'POST', '/v1/contacts/search', { query: 'Hidden' });
    expect(search.body.data).toEqual([]);
  });
});
