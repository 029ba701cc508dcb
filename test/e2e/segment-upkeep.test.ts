import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { made } from '../support/belongings.js';
import { makeSegment, membersOf, startSegmentWorker } from '../support/segment-fixture.js';
import { startServer } from '../support/server.js';
import type { Client, TestServer } from '../support/server.js';
import { eventually } from '../support/worker-app.js';

/** Whatever happens, and in whatever order: who belongs to a segment is who a search finds. */
let server: TestServer;
let worker: INestApplicationContext;
let owner: Client;

beforeAll(async () => {
  server = await startServer();
  worker = await startSegmentWorker(server.config);
  owner = await server.createWorkspace('Random');
}, 120_000);

afterAll(async () => {
  await worker.close();
  await server.close();
});

const WHERES = [
  { field: 'company.address.country', op: 'eq', value: 'DE' },
  { field: 'company.address.country', op: 'neq', value: 'DE' },
  { related: 'orders', count: { op: 'gte', value: 2 } },
  { related: 'orders', sum: 'total', op: 'lt', value: '250.00' },
  { related: 'activities', none: true, where: { field: 'status', op: 'eq', value: 'open' } },
  { related: 'company.contacts', count: { op: 'gt', value: 2 } },
  {
    or: [
      { field: 'tags', op: 'has', value: 'vip' },
      { not: { related: 'deals', where: { field: 'status', op: 'eq', value: 'open' } } },
    ],
  },
];

/** Numbers that are the same in each run: a failure can be seen again. */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 4_294_967_296) * below);
  };
}

test('membership kept step by step is what a whole evaluation finds, after random changes', async () => {
  const random = randomOf(20_261_128);
  const one = <T>(list: readonly T[]): T => list[random(list.length)] as T;
  const create = async (path: string, body: object) => (await made(owner, path, body)).id;
  const companies: string[] = [];
  for (const country of ['DE', 'DE', 'FR']) {
    companies.push(await create('/v1/companies', { name: country, address: { country } }));
  }
  const contacts: string[] = [];
  const orders: string[] = [];
  const activities: string[] = [];
  const deals: string[] = [];
  const segments: string[] = [];
  for (let count = 0; count < 8; count += 1) {
    const body = { lastName: `C${count}`, companyId: one([...companies, null]) };
    contacts.push(await create('/v1/contacts', body));
  }
  for (const where of WHERES) segments.push((await makeSegment(owner, where)).id);
  const links = () => [{ object: 'contact', recordId: one(contacts) }];
  /** May be refused, such as for a record that is in the bin: then nothing has changed. */
  const may = (method: string, path: string, body?: object) => owner.api(method, path, body);
  const add = async (list: string[], path: string, body: object) => {
    const reply = await may('POST', path, body);
    if (reply.status === 201) list.push(reply.body.id);
  };
  const line = { name: 'Cup', quantity: '1', unitPrice: '100.00' };
  const deeds: (() => Promise<unknown>)[] = [
    () => add(orders, '/v1/orders', { contactId: one(contacts), lines: [line] }),
    () => add(activities, '/v1/activities', { type: 'task', subject: 'Do', links: links() }),
    () => add(deals, '/v1/deals', { name: 'D', contactId: one(contacts) }),
    () => may('PATCH', `/v1/orders/${one(orders)}`, { contactId: one(contacts) }),
    () => may('PATCH', `/v1/orders/${one(orders)}`, { lines: one([[], [line], [line, line]]) }),
    () => may('PATCH', `/v1/activities/${one(activities)}`, { links: one([[], links()]) }),
    () => may('POST', `/v1/activities/${one(activities)}/complete`, {}),
    () => may('POST', `/v1/deals/${one(deals)}/lose`, { reason: 'Price' }),
    () => may('PATCH', `/v1/contacts/${one(contacts)}`, { companyId: one([...companies, null]) }),
    () => may('PATCH', `/v1/contacts/${one(contacts)}`, { tags: one([[], ['vip']]) }),
    () =>
      may('PATCH', `/v1/companies/${one(companies)}`, { address: { country: one(['DE', 'FR']) } }),
    () => may('DELETE', `/v1/orders/${one(orders)}?purge=${String(random(2) === 0)}`),
    () => may('DELETE', `/v1/activities/${one(activities)}?purge=${String(random(2) === 0)}`),
    () =>
      may('DELETE', `/v1/${one(['contacts', 'companies'])}/${one([...contacts, ...companies])}`),
    () => may('POST', `/v1/contacts/${one(contacts)}/restore`),
    () => may('POST', `/v1/companies/${one(companies)}/restore`),
    () => may('POST', `/v1/contacts/${one(contacts)}/merge`, { duplicateIds: [one(contacts)] }),
    () => may('DELETE', `/v1/deals/${one(deals)}?purge=true`),
  ];
  const states = async (): Promise<{ found: string[]; kept: string[]; counts: number[] }> => {
    const [found, kept, counts] = [[] as string[], [] as string[], [] as number[]];
    for (const [index, where] of WHERES.entries()) {
      const { body } = await owner.expect(200, 'POST', '/v1/contacts/search', {
        ...{ where, limit: 500 },
      });
      found.push(
        body.data
          .map(({ id }: { id: string }) => id)
          .sort()
          .join(),
      );
      kept.push((await membersOf(owner, segments[index] as string)).join());
      const path = `/v1/segments/${segments[index]}`;
      const { memberCount } = (await owner.expect(200, 'GET', path)).body;
      counts.push(memberCount - (found.at(-1) as string).split(',').filter(Boolean).length);
    }
    return { found, kept, counts };
  };
  for (let round = 0; round < 4; round += 1) {
    for (let count = 0; count < 25; count += 1) await one(deeds)();
    await eventually(
      states,
      ({ found, kept, counts }) =>
        JSON.stringify(found) === JSON.stringify(kept) && counts.every((off) => off === 0),
      60_000,
    );
  }
  expect((await states()).found.filter((ids) => ids !== '').length).toBeGreaterThan(3);
}, 600_000);
