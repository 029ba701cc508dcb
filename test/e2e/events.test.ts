import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { openEventSource, type EventSource } from '../support/event-source.js';
import { startServer, type Client, type TestServer } from '../support/server.js';
import { eventually } from '../support/worker-app.js';

let server: TestServer;
/** Owner of a workspace of its own, for each group of tests. */
let owner: Client;

beforeAll(async () => {
  server = await startServer();
});

afterAll(() => server.close());

interface FeedEvent {
  id: string;
  type: string;
  recordIds: string[];
  changes?: Record<string, unknown>;
}

/** All of the feed after a cursor, page by page. */
async function follow(
  client: Client,
  after: string | undefined,
  query = '',
): Promise<{ events: FeedEvent[]; cursor: string }> {
  const events: FeedEvent[] = [];
  let cursor = after;
  for (;;) {
    const start = cursor === undefined ? '' : `&after=${cursor}`;
    const { body } = await client.expect(200, 'GET', `/v1/events?${query}${start}`);
    events.push(...body.data);
    cursor = body.page.nextCursor as string;
    if (!body.page.hasMore) return { events, cursor };
  }
}

const create = async (client: Client, lastName: string): Promise<string> =>
  (await client.expect(201, 'POST', '/v1/contacts', { lastName })).body.id;

describe('the change feed', () => {
  beforeAll(async () => {
    owner = await server.createWorkspace('Feed');
  });

  test('shows each change once, in order, with who made it and what it was', async () => {
    const { cursor } = await follow(owner, undefined);
    const id = await create(owner, 'Lovelace');
    await owner.expect(200, 'PATCH', `/v1/contacts/${id}`, { lastName: 'King' });
    await owner.expect(204, 'DELETE', `/v1/contacts/${id}`);
    await owner.expect(200, 'POST', `/v1/contacts/${id}/restore`);
    const { events } = await follow(owner, cursor);
    expect(events.map(({ type, recordIds }) => [type, ...recordIds])).toEqual([
      ['contact.created', id],
      ['contact.updated', id],
      ['contact.deleted', id],
      ['contact.restored', id],
    ]);
    expect(events[1]).toMatchObject({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      occurredAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      actor: { type: 'user', id: owner.userId, userId: owner.userId },
      changes: { lastName: ['Lovelace', 'King'] },
    });
  });

  test('goes on where a cursor ends, whatever the size of the pages', async () => {
    const { cursor } = await follow(owner, undefined);
    const ids = [];
    for (let count = 0; count < 7; count += 1) ids.push(await create(owner, `Person ${count}`));
    for (const limit of [1, 3, 500]) {
      const { events } = await follow(owner, cursor, `limit=${limit}`);
      expect(events.map(({ recordIds }) => recordIds[0])).toEqual(ids);
    }
  });

  test('names every record of a batch, in one event or several', async () => {
    const { cursor } = await follow(owner, undefined);
    const records = Array.from({ length: 250 }, (_, index) => ({ lastName: `Batch ${index}` }));
    const { body } = await owner.expect(200, 'POST', '/v1/contacts/batch', {
      operation: 'create',
      records,
    });
    const created = body.results.map(({ id }: { id: string }) => id);
    const { events } = await follow(owner, cursor);
    expect(events.flatMap(({ recordIds }) => recordIds).sort()).toEqual(created.sort());
  });

  test('shows only the types that are asked for, and moves past the others', async () => {
    const { cursor } = await follow(owner, undefined);
    await create(owner, 'Filtered');
    const company = await owner.expect(201, 'POST', '/v1/companies', { name: 'Filtered Inc' });
    await owner.expect(204, 'DELETE', `/v1/companies/${company.body.id}`);
    const types = async (filter: string) => {
      const { events } = await follow(owner, cursor, `types=${filter}`);
      return events.map(({ type }) => type);
    };
    expect(await types('company.*')).toEqual(['company.created', 'company.deleted']);
    expect(await types('contact.created,company.deleted')).toEqual([
      'contact.created',
      'company.deleted',
    ]);
    expect(await types('*')).toHaveLength(3);
    expect(await types('ghost.*')).toEqual([]);
    const { body } = await owner.expect(200, 'GET', `/v1/events?types=ghost.*&after=${cursor}`);
    const rest = await follow(owner, body.page.nextCursor);
    expect(rest.events).toEqual([]);
  });

  test('can begin with what happens from now on', async () => {
    await create(owner, 'Before');
    const { body } = await owner.expect(200, 'GET', '/v1/events?after=latest');
    expect(body).toEqual({ data: [], page: { nextCursor: expect.any(String), hasMore: false } });
    const id = await create(owner, 'After');
    const { events } = await follow(owner, body.page.nextCursor);
    expect(events.map(({ recordIds }) => recordIds[0])).toEqual([id]);
  });

  test('links to the next page', async () => {
    const { headers, body } = await owner.expect(200, 'GET', '/v1/events?limit=1&types=contact.*');
    const link = /^<(\/v1\/events\?[^>]+)>; rel="next"$/.exec(headers.get('link') ?? '');
    const next = new URL(link?.[1] ?? '', 'http://keel').searchParams;
    expect(Object.fromEntries(next)).toEqual({
      limit: '1',
      types: 'contact.*',
      after: body.page.nextCursor,
    });
  });

  test('refuses a cursor that was made up, a type and a limit that cannot be', async () => {
    const { cursor } = await follow(owner, undefined);
    const code = async (query: string) => {
      const { status, body } = await owner.api('GET', `/v1/events?${query}`);
      return [status, body.code];
    };
    expect(await code('after=made-up')).toEqual([400, 'invalid-cursor']);
    expect(await code(`after=${cursor.slice(0, -1)}_`)).toEqual([400, 'invalid-cursor']);
    expect(await code('types=Contacts')).toEqual([400, 'invalid-parameter']);
    expect(await code('limit=0')).toEqual([400, 'invalid-parameter']);
    expect(await code('limit=501')).toEqual([400, 'invalid-parameter']);
  });

  test('takes no cursor of another workspace, and shows nothing of it', async () => {
    const { cursor } = await follow(owner, undefined);
    const other = await server.createWorkspace('Other feed');
    expect((await other.api('GET', `/v1/events?after=${cursor}`)).status).toBe(400);
    expect((await follow(other, undefined)).events).toEqual([]);
  });

  test('tells a role that reads only its own records of an object nothing of that object', async () => {
    const { cursor } = await follow(owner, undefined);
    const name = 'Own contacts only';
    const permissions = ['contact:*:own', 'company:*', 'event:read'];
    await owner.expect(201, 'POST', '/v1/roles', { name, permissions });
    const limited = await server.createUser(name, owner);
    await create(owner, 'Hidden');
    await owner.expect(201, 'POST', '/v1/companies', { name: 'Shown Inc' });
    const { events } = await follow(limited, cursor);
    expect(events.map(({ type }) => type)).toEqual(['company.created']);
    const viewer = await server.createUser('viewer', owner);
    expect((await follow(viewer, cursor)).events).toHaveLength(2);
  });
});

describe('the stream of changes', () => {
  const sources: EventSource[] = [];

  beforeAll(async () => {
    owner = await server.createWorkspace('Stream');
  });

  afterEach(() => {
    for (const source of sources.splice(0)) source.close();
  });

  async function open(query = '', headers: Record<string, string> = {}): Promise<EventSource> {
    const source = await openEventSource(owner, `/v1/events/stream${query}`, headers);
    expect(source.status).toBe(200);
    sources.push(source);
    await eventually(
      () => source.comments,
      (comments) => comments > 0,
    );
    return source;
  }

  const receives = (source: EventSource, count: number) =>
    eventually(
      () => source.events.length,
      (received) => received >= count,
      5000,
    );

  test('sends what happens from now on, within a second of the write', async () => {
    await create(owner, 'Before');
    const source = await open();
    expect(source.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(source.headers.get('x-request-id')).toMatch(/.+/);
    const began = Date.now();
    const id = await create(owner, 'Streamed');
    await receives(source, 1);
    expect(Date.now() - began).toBeLessThan(1000);
    expect(source.events).toHaveLength(1);
    expect(source.events[0]?.type).toBe('contact.created');
    expect(JSON.parse(source.events[0]?.data ?? '')).toMatchObject({ recordIds: [id] });
  });

  test('goes on after the last id a client has, missing and repeating nothing', async () => {
    const first = await open();
    const ids = [await create(owner, 'One'), await create(owner, 'Two')];
    await receives(first, 2);
    first.close();
    ids.push(await create(owner, 'Three'), await create(owner, 'Four'));
    const second = await open('', { 'last-event-id': first.events[0]?.id ?? '' });
    ids.push(await create(owner, 'Five'));
    await receives(second, 4);
    const recordsOf = ({ events }: EventSource): string[] =>
      events.map(({ data }) => JSON.parse(data).recordIds[0]);
    expect(recordsOf(first)).toEqual(ids.slice(0, 2));
    expect(recordsOf(second)).toEqual(ids.slice(1));
  });

  test('takes the cursor of the feed, and sends only the types that are asked for', async () => {
    const { body } = await owner.expect(200, 'GET', '/v1/events?after=latest');
    await create(owner, 'Not wanted');
    const company = await owner.expect(201, 'POST', '/v1/companies', { name: 'Wanted Inc' });
    const source = await open(`?types=company.*&after=${body.page.nextCursor}`);
    await receives(source, 1);
    expect(JSON.parse(source.events[0]?.data ?? '').recordIds).toEqual([company.body.id]);
    expect(source.events).toHaveLength(1);
  });

  test('needs the permission, and a cursor that is ours', async () => {
    const name = 'No feed';
    await owner.expect(201, 'POST', '/v1/roles', { name, permissions: ['contact:read'] });
    const user = await server.createUser(name, owner);
    expect((await user.api('GET', '/v1/events/stream')).status).toBe(403);
    const wrong = await owner.api('GET', '/v1/events/stream?after=made-up');
    expect([wrong.status, wrong.body.code]).toEqual([400, 'invalid-cursor']);
  });

  test('is refused when a workspace holds too many, and ends when the server stops', async () => {
    const instance = await server.startInstance();
    const here = owner.with({ url: instance.url });
    const open = () => openEventSource(here, '/v1/events/stream');
    const held = await Promise.all(Array.from({ length: 50 }, open));
    sources.push(...held);
    expect(held.map(({ status }) => status)).toEqual(held.map(() => 200));
    const refused = await here.api('GET', '/v1/events/stream');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '30']);
    held[0]?.close();
    const again = await eventually(open, ({ status }) => status === 200);
    sources.push(again);
    const closing = instance.close();
    await eventually(
      () => sources.filter(({ isEnded }) => !isEnded).length,
      (open) => open === 0,
      2000,
    );
    await closing;
  });
});

describe('the audit trail', () => {
  let member: Client;

  beforeAll(async () => {
    owner = await server.createWorkspace('Audit');
    member = await server.createUser('member', owner);
  });

  const audit = async (query: string) =>
    (await owner.expect(200, 'GET', `/v1/audit?${query}`)).body as {
      data: { type: string; id: string; recordIds: string[]; actor: { id: string } }[];
      page: { nextCursor: string | null; hasMore: boolean };
    };

  test('shows the newest first: changes, and what the feed does not show', async () => {
    const id = await create(owner, 'Audited');
    const { data } = await audit('limit=200');
    expect(data[0]).toMatchObject({
      type: 'contact.created',
      object: 'contacts',
      recordIds: [id],
      actor: { type: 'user', id: owner.userId },
      requestId: expect.any(String),
      ip: '127.0.0.1',
    });
    const types = data.map(({ type }) => type);
    expect(types).toContain('auth.login');
    expect(types).toContain('user.invited');
    const feed = await follow(owner, undefined);
    expect(feed.events.every(({ type }) => type.startsWith('contact.'))).toBe(true);
  });

  test('finds entries by actor, object, type, record and time, together', async () => {
    const mine = await create(owner, 'Mine');
    const theirs = await create(member, 'Theirs');
    await owner.expect(200, 'PATCH', `/v1/contacts/${theirs}`, { lastName: 'Changed' });
    const recordsOf = async (query: string) => (await audit(query)).data.map((e) => e.recordIds[0]);
    expect(await recordsOf(`actor=${member.userId}&object=contacts`)).toEqual([theirs]);
    const { data } = await audit(`recordId=${theirs}`);
    expect(data.map(({ type, actor }) => [type, actor.id])).toEqual([
      ['contact.updated', owner.userId],
      ['contact.created', member.userId],
    ]);
    expect(await recordsOf(`recordId=${theirs}&type=contact.updated`)).toEqual([theirs]);
    expect(await recordsOf('type=contact.*')).toContain(mine);
    expect((await audit('type=auth.*')).data.every(({ type }) => type.startsWith('auth.'))).toBe(
      true,
    );
    const now = new Date().toISOString();
    expect((await audit(`from=${now}`)).data).toEqual([]);
    expect(await recordsOf(`to=${now}&object=contacts`)).toContain(mine);
  });

  test('finds a record among the many of a bulk write', async () => {
    const records = Array.from({ length: 20 }, (_, index) => ({ lastName: `Bulk ${index}` }));
    const batch = { operation: 'create', records };
    const { body } = await owner.expect(200, 'POST', '/v1/contacts/batch', batch);
    const { data } = await audit(`recordId=${body.results[7].id}`);
    expect(data).toHaveLength(1);
    expect(data[0]?.recordIds).toContain(body.results[7].id);
  });

  test('is walked through page by page without missing or repeating an entry', async () => {
    const whole = (await audit('limit=500')).data.map(({ id }) => id);
    const walked: string[] = [];
    let cursor = '';
    for (;;) {
      const { data, page } = await audit(`limit=3${cursor}`);
      walked.push(...data.map(({ id }) => id));
      if (page.nextCursor === null) break;
      cursor = `&cursor=${page.nextCursor}`;
    }
    expect(walked).toEqual(whole);
  });

  test('is for those who may read it, and tells nothing of other workspaces', async () => {
    expect((await member.api('GET', '/v1/audit')).status).toBe(403);
    const other = await server.createWorkspace('Unaudited');
    const ids = (await other.expect(200, 'GET', '/v1/audit?limit=500')).body.data;
    expect(JSON.stringify(ids)).not.toContain(owner.userId);
    const { page } = await audit('limit=1');
    const stolen = await other.api('GET', `/v1/audit?cursor=${page.nextCursor}`);
    expect([stolen.status, stolen.body.code]).toEqual([400, 'invalid-cursor']);
  });
});
