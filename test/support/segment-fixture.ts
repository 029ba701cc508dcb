import type { INestApplicationContext } from '@nestjs/common';
import type { Config } from '../../src/config/config.js';
import { SegmentUpkeep } from '../../src/modules/segments/index.js';
import { Sequencer } from '../../src/platform/outbox/sequencer.js';
import type { Client } from './client.js';
import { startWorker } from './imports.js';
import { eventually } from './worker-app.js';

/** The condition of the issue: big buyers in Germany whom nobody has to help at the moment. */
export const GERMAN_BUYERS = {
  and: [
    { field: 'company.address.country', op: 'eq', value: 'Germany' },
    {
      related: 'orders',
      where: {
        and: [
          { field: 'total', op: 'gt', value: '500.00' },
          { field: 'currency', op: 'eq', value: 'EUR' },
          { field: 'orderDate', op: 'gte', value: '$startOfYear' },
        ],
      },
      count: { op: 'gt', value: 3 },
    },
    { related: 'tickets', none: true, where: { field: 'isOpen', op: 'eq', value: true } },
  ],
};

/** A worker that keeps segments, in the test's own process. */
export async function startSegmentWorker(config: Config): Promise<INestApplicationContext> {
  const worker = await startWorker(config);
  worker.get(Sequencer).start();
  worker.get(SegmentUpkeep, { strict: false }).start();
  return worker;
}

/** A segment once all records have been looked through. */
export function filled(client: Client, id: string) {
  return eventually(
    async () => (await client.expect(200, 'GET', `/v1/segments/${id}`)).body,
    ({ status }) => status !== 'filling',
    60_000,
  );
}

/** Makes a segment and waits until it is filled. */
export async function makeSegment(
  client: Client,
  where: object,
  more: object = {},
): Promise<{ id: string; memberCount: number }> {
  const name = `Segment ${JSON.stringify(where).slice(0, 100)} ${Math.random()}`;
  const body = { name, object: 'contacts', kind: 'dynamic', where, ...more };
  const made = await client.expect(201, 'POST', '/v1/segments', body);
  const segment = await filled(client, made.body.id);
  if (segment.status === 'failed') throw new Error(segment.error);
  return segment;
}

/** Ids of a segment's members, sorted. */
export async function membersOf(client: Client, id: string): Promise<string[]> {
  const { body } = await client.expect(200, 'GET', `/v1/segments/${id}/members?limit=500`);
  return body.data.map((record: { id: string }) => record.id).sort();
}

/** Waits until exactly these are members. */
export async function untilMembers(client: Client, id: string, ids: string[]): Promise<void> {
  const wanted = JSON.stringify([...ids].sort());
  await eventually(
    () => membersOf(client, id),
    (found) => JSON.stringify(found) === wanted,
  );
}
