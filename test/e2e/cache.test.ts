import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { InvalidationBus } from '../../src/platform/bus/invalidation-bus.js';
import { BUS_TIMING } from '../../src/platform/bus/timing.js';
import { ResponseCache } from '../../src/platform/cache/response-cache.js';
import { Metrics } from '../../src/platform/telemetry/metrics.js';
import { until } from '../support/keel-process.js';
import { startServer } from '../support/server.js';
import type { Client, TestInstance, TestServer } from '../support/server.js';
import { startRedis } from '../support/tools.js';
import type { RunningTool } from '../support/tools.js';

const trusted = (instance: TestInstance) =>
  until(() => instance.app.get(InvalidationBus).trusted());

/** Whether the answer to a GET was kept from an earlier one. */
const source = async (client: Client, path: string) =>
  (await client.expect(200, 'GET', path)).headers.get('x-cache');

describe.each([
  ['memory', false],
  ['memory and Redis', true],
])('answers kept in %s', (_name, withRedis) => {
  let redis: RunningTool | undefined;
  let server: TestServer;
  let other: TestInstance;
  let here: Client;
  let there: Client;
  let count = 0;

  beforeAll(async () => {
    redis = withRedis ? await startRedis() : undefined;
    server = await startServer({ redisUrl: redis?.url });
    other = await server.startInstance();
    here = server.admin;
    there = here.with({ url: other.url });
    await Promise.all([trusted(server), trusted(other)]);
  }, 60_000);
  afterAll(async () => {
    await server.close();
    await redis?.stop();
  });

  const createContact = async (fields: Record<string, unknown> = {}) => {
    count += 1;
    const body = { lastName: 'Kept', email: `kept${count}@example.com`, ...fields };
    return (await here.expect(201, 'POST', '/v1/contacts', body)).body as { id: string };
  };

  it('are told from others by X-Cache, and the same in every byte', async () => {
    const { id } = await createContact();
    const first = await here.expect(200, 'GET', `/v1/contacts/${id}`);
    const second = await here.expect(200, 'GET', `/v1/contacts/${id}`);
    expect(first.headers.get('x-cache')).toBe('miss');
    expect(second.headers.get('x-cache')).toBe('hit');
    expect(second.text).toBe(first.text);
    for (const name of ['content-type', 'etag', 'cache-control', 'content-length']) {
      expect(second.headers.get(name)).toBe(first.headers.get(name));
    }
    expect(second.headers.get('cache-control')).toBe('private, no-cache');
    expect(second.headers.get('x-request-id')).not.toBe(first.headers.get('x-request-id'));
  });

  it('are measured like all others', async () => {
    const { id } = await createContact({ lastName: 'Müller 李' });
    const metrics = server.app.get(Metrics);
    const measured = async () =>
      /http_request_duration_seconds_count\{[^}]*route="\/v1\/contacts\/:id"[^}]*\} (\d+)/.exec(
        await metrics.registry.metrics(),
      )?.[1];
    await here.expect(200, 'GET', `/v1/contacts/${id}`);
    const before = Number(await measured());
    const { body } = await here.expect(200, 'GET', `/v1/contacts/${id}`);
    expect(body.lastName).toBe('Müller 李');
    expect(Number(await measured())).toBe(before + 1);
  });

  it('are answered 304 to who has them, without a body to HEAD', async () => {
    const { id } = await createContact();
    const { headers } = await here.expect(200, 'GET', `/v1/contacts/${id}`);
    const etag = headers.get('etag') ?? '';
    for (const known of [etag, `W/${etag}`, `"x", ${etag}`, '*']) {
      const reply = await here.expect(304, 'GET', `/v1/contacts/${id}`, undefined, {
        'if-none-match': known,
      });
      expect(reply.text).toBe('');
      expect(reply.headers.get('etag')).toBe(etag);
    }
    await here.expect(200, 'GET', `/v1/contacts/${id}`, undefined, { 'if-none-match': '"x"' });
    const head = await here.expect(200, 'HEAD', `/v1/contacts/${id}`);
    expect(head.text).toBe('');
    expect(head.headers.get('etag')).toBe(etag);
  });

  it('are compressed for who accepts that', async () => {
    for (let i = 0; i < 10; i += 1) await createContact();
    const path = '/v1/contacts?limit=10';
    const plain = await here.expect(200, 'GET', path);
    const get = () =>
      fetch(new URL(path, server.url), {
        headers: { authorization: `Bearer ${here.token}`, 'accept-encoding': 'br' },
      });
    for (let i = 0; i < 5; i += 1) {
      const reply = await get();
      expect(reply.headers.get('content-encoding')).toBe('br');
      expect(reply.headers.get('vary')).toMatch(/accept-encoding/i);
      expect(await reply.text()).toBe(plain.text);
      await sleep(20);
    }
  });

  it('differ by encoding and by origin for who keeps them on the way', async () => {
    const { url } = await server.startInstance({ corsOrigins: 'https://app.example.com' });
    const path = '/v1/contacts?limit=9';
    for (let i = 0; i < 3; i += 1) {
      const reply = await here.with({ url }).expect(200, 'GET', path, undefined, {
        origin: 'https://app.example.com',
        'accept-encoding': 'gzip',
      });
      const vary = reply.headers.get('vary')?.toLowerCase().split(/, */).sort();
      expect(vary).toEqual(['accept-encoding', 'origin']);
      expect(reply.headers.get('access-control-allow-origin')).toBe('https://app.example.com');
    }
  });

  it('never answer a read after a write on either instance', async () => {
    const { id } = await createContact();
    for (let i = 0; i < 20; i += 1) {
      const [writer, reader] = i % 2 ? [here, there] : [there, here];
      const title = `Title ${i}`;
      await writer.expect(200, 'PATCH', `/v1/contacts/${id}`, { title });
      for (const client of [reader, writer, reader]) {
        const { body } = await client.expect(200, 'GET', `/v1/contacts/${id}`);
        expect(body.title).toBe(title);
      }
    }
    expect(await source(here, `/v1/contacts/${id}`)).toBe('hit');
    expect(await source(there, `/v1/contacts/${id}`)).toBe('hit');
  });

  it('of lists are void when a record comes, changes, goes or returns', async () => {
    const tag = `set${count}`;
    const path = `/v1/contacts?filter[tags][has]=${tag}&fields=id,title`;
    const listed = async () => {
      const replies = await Promise.all(
        [here, there].map((client) => client.expect(200, 'GET', path)),
      );
      const [one, two] = replies.map(({ body }) => body.data);
      expect(two).toEqual(one);
      return one.length as number;
    };
    expect(await listed()).toBe(0);
    const { id } = await createContact({ tags: [tag] });
    expect(await listed()).toBe(1);
    await here.expect(200, 'POST', '/v1/contacts/batch', {
      operation: 'create',
      records: Array.from({ length: 150 }, (_, i) => ({ lastName: `B${i}`, tags: [tag] })),
    });
    expect(await listed()).toBe(50);
    await here.expect(204, 'DELETE', `/v1/contacts/${id}`);
    await here.expect(404, 'GET', `/v1/contacts/${id}`);
    await there.expect(404, 'GET', `/v1/contacts/${id}`);
    await there.expect(200, 'POST', `/v1/contacts/${id}/restore`);
    await here.expect(200, 'GET', `/v1/contacts/${id}`);
  });

  it('stay when another record changes, unless they include it', async () => {
    const { body: company } = await here.expect(201, 'POST', '/v1/companies', { name: 'Old' });
    const { id } = await createContact({ companyId: company.id });
    const [plain, including] = [`/v1/contacts/${id}`, `/v1/contacts/${id}?include=company`];
    for (const path of [plain, including]) await source(here, path);
    await createContact();
    expect(await source(here, plain)).toBe('hit');
    await there.expect(200, 'PATCH', `/v1/companies/${company.id}`, { name: 'New' });
    expect(await source(here, plain)).toBe('hit');
    const { text } = await here.expect(200, 'GET', including);
    expect(text).toContain('"New"');
  });

  it('are not given to another workspace, nor to who may see less', async () => {
    const { id } = await createContact();
    await source(here, `/v1/contacts/${id}`);
    const stranger = await server.createWorkspace();
    await stranger.expect(404, 'GET', `/v1/contacts/${id}`);
    await here.with({ token: null }).expect(401, 'GET', `/v1/contacts/${id}`);
    await here.expect(200, 'GET', '/v1/contacts?limit=5');
    const { body } = await stranger.expect(200, 'GET', '/v1/contacts?limit=5');
    expect(body.data).toEqual([]);
  });

  it('of a moment that all want are made once', async () => {
    const { id } = await createContact();
    const path = `/v1/contacts/${id}?fields=id`;
    const before = server.app.get(ResponseCache).figures();
    await Promise.all(Array.from({ length: 100 }, () => here.expect(200, 'GET', path)));
    const after = server.app.get(ResponseCache).figures();
    const grown = (name: keyof typeof after) => after[name] - before[name];
    expect(grown('misses')).toBe(1);
    // Server, client and database of this test share a process: it may hang, and trust nothing.
    expect(grown('hits') + grown('joined') + grown('bypassed')).toBe(99);
    expect(grown('bypassed')).toBeLessThan(50);
  });

  it('are not made of refusals', async () => {
    const missing = '/v1/contacts/0190f7a2-0000-7000-8000-000000000001';
    for (let i = 0; i < 2; i += 1) {
      const reply = await here.expect(404, 'GET', missing);
      expect(reply.headers.get('x-cache')).toBeNull();
      await here.expect(400, 'GET', '/v1/contacts?filter[nonsense]=1');
    }
  });
});

describe('an instance that is stopped', () => {
  it('leaves at once, and the others do not wait for it', async () => {
    const server = await startServer();
    const other = await server.startInstance();
    await Promise.all([trusted(server), trusted(other)]);
    await other.close();
    const times: number[] = [];
    for (let n = 0; n < 10; n += 1) {
      const begun = performance.now();
      await server.admin.expect(201, 'POST', '/v1/contacts', { lastName: `Quick ${n}` });
      times.push(performance.now() - begun);
    }
    await server.close();
    // Each write that waits for an instance takes this long at least; the quickest one tells.
    expect(Math.min(...times)).toBeLessThan(BUS_TIMING.bound);
  });
});
