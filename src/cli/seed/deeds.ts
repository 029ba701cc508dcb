import { SingleBar } from 'cli-progress';
import { Refusal } from '../api-client.js';
import type { ApiClient } from '../api-client.js';
import { endedLeads } from './leads.js';
import type { LeadEnd } from './leads.js';
import { confirmedOrders, paidOrders } from './orders.js';
import type { Payment } from './orders.js';
import type { SeedPlan } from './plan.js';

/** Requests at a time. */
const AT_ONCE = 6;
/** Records looked up by one search. */
const LOOKED_UP = 100;

interface Found {
  id: string;
  version: number;
  status: string;
}
type FoundLead = Found & { externalIds: { seed: string } };
type FoundOrder = Found & { reference: string; total: string; paymentStatus: string };

/**
 * Does what files cannot say: converts and disqualifies leads, confirms and pays orders. Whatever
 * has been done already, by an earlier run or by somebody, stays as it is.
 */
export async function doDeeds(api: ApiClient, plan: SeedPlan): Promise<void> {
  const ends = new Map([...endedLeads(plan)].map(({ id, end }) => [id, end]));
  const leads = find<FoundLead>(
    api,
    'leads',
    'externalIds.seed',
    [...ends.keys()],
    ['externalIds'],
  );
  await each('Ending leads', ends.size, leads, async (lead) =>
    endLead(api, lead, ends.get(lead.externalIds.seed) as LeadEnd),
  );
  const drafts = confirmedOrders(plan);
  const confirmed = find<FoundOrder>(api, 'orders', 'reference', drafts);
  await each('Confirming orders', drafts.length, confirmed, async ({ id, status, version }) => {
    if (status !== 'draft') return false;
    return confirm(api, id, version);
  });
  const payments = new Map(paidOrders(plan).map((payment) => [payment.reference, payment]));
  const fields = ['reference', 'total', 'paymentStatus'];
  const orders = find<FoundOrder>(api, 'orders', 'reference', [...payments.keys()], fields);
  await each('Paying orders', payments.size, orders, async (order) =>
    pay(api, order, payments.get(order.reference) as Payment),
  );
}

/** @returns false where there is too little in stock: the order waits as a draft. */
async function confirm(api: ApiClient, id: string, version: number): Promise<boolean> {
  const options = { method: 'POST', json: {}, ifMatch: version };
  try {
    await api.request(`/v1/orders/${id}/confirm`, options);
    return true;
  } catch (error) {
    if (error instanceof Refusal && error.status === 409) return false;
    throw error;
  }
}

async function endLead(api: ApiClient, lead: FoundLead, end: LeadEnd): Promise<boolean> {
  const { id, status, version } = lead;
  if (status === 'converted' || status === 'disqualified') return false;
  const isConverted = end.kind === 'converted';
  const json = isConverted
    ? { contact: { fields: {} }, company: { fields: {} }, deal: end.deal }
    : { reason: end.reason };
  const deed = isConverted ? 'convert' : 'disqualify';
  await api.request(`/v1/leads/${id}/${deed}`, { method: 'POST', json, ifMatch: version });
  return true;
}

async function pay(api: ApiClient, order: FoundOrder, payment: Payment): Promise<boolean> {
  const { id, version, total, paymentStatus } = order;
  const amount = payment.isPart ? (Math.floor(Number(total) / 2) || 1).toFixed(2) : total;
  if (paymentStatus !== 'unpaid' || Number(total) <= 0) return false;
  const { paidAt } = payment;
  const json = { amount, method: 'bank transfer', paidAt };
  await api.request(`/v1/orders/${id}/payments`, { method: 'POST', json, ifMatch: version });
  return true;
}

/** Records by what they are named by, some at a time. */
async function* find<T>(
  api: ApiClient,
  plural: string,
  field: string,
  values: readonly string[],
  fields: readonly string[] = [],
): AsyncGenerator<T[]> {
  for (let start = 0; start < values.length; start += LOOKED_UP) {
    const where = { field, op: 'in', value: values.slice(start, start + LOOKED_UP) };
    const json = { where, fields: ['id', 'version', 'status', ...fields], limit: LOOKED_UP };
    const found = await api.json<{ data: T[] }>(`/v1/${plural}/search`, { method: 'POST', json });
    yield found.data;
  }
}

/** Does something with each record, some at a time, and tells for how many it was new. */
async function each<T>(
  what: string,
  total: number,
  groups: AsyncIterable<T[]>,
  deed: (record: T) => Promise<boolean>,
): Promise<void> {
  const bar = new SingleBar({
    format: `${what} {bar} {percentage}% | {eta_formatted} left`,
    noTTYOutput: false,
    hideCursor: true,
  });
  bar.start(total, 0);
  let done = 0;
  for await (const group of groups) {
    for (let start = 0; start < group.length; start += AT_ONCE) {
      const some = group.slice(start, start + AT_ONCE);
      const outcomes = await Promise.all(some.map(deed));
      done += outcomes.filter(Boolean).length;
      bar.increment(some.length);
    }
  }
  bar.stop();
  console.log(`${what}: ${done} of ${total}`);
}
