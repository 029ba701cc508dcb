import type { ApiClient } from '../api-client.js';
import { upsert } from './house.js';

const SEGMENTS = [
  {
    name: 'Key accounts',
    object: 'companies',
    where: { field: 'tags', op: 'has', value: 'key-account' },
  },
  {
    name: 'Deciders at German customers',
    object: 'contacts',
    where: {
      and: [
        { field: 'company.address.country', op: 'eq', value: 'DE' },
        { field: 'lifecycleStage', op: 'eq', value: 'customer' },
        { field: 'tags', op: 'has', value: 'decision-maker' },
      ],
    },
  },
  {
    name: 'Hot leads nobody has ended',
    object: 'leads',
    where: {
      and: [
        { field: 'rating', op: 'eq', value: 'hot' },
        { field: 'status', op: 'in', value: ['new', 'working', 'qualified'] },
      ],
    },
  },
];

/** Segments whose members follow from what is there. */
export async function makeSegments(api: ApiClient): Promise<void> {
  const records = SEGMENTS.map((segment) => ({
    ...segment,
    kind: 'dynamic',
    externalIds: { seed: `segment-${segment.name.toLowerCase().replaceAll(' ', '-')}` },
  }));
  await upsert(
    api,
    'segments',
    records,
    SEGMENTS.map(({ name }) => name),
  );
  console.log(`${SEGMENTS.length} segments`);
}
