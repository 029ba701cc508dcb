import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from './client.js';
import { runImport } from './imports.js';
import { PASSWORD } from './server.js';

/** What a workspace has, by what a request of another may name it: ids, keys, texts, cursors. */
export interface Belongings {
  /** Ids of records and of all else that has one. */
  ids: Record<
    | 'contact'
    | 'binned'
    | 'merged'
    | 'company'
    | 'team'
    | 'lead'
    | 'activity'
    | 'assignmentRule'
    | 'slaPolicy'
    | 'leadForm'
    | 'consentPurpose'
    | 'suppression'
    | 'submission'
    | 'productCategory'
    | 'product'
    | 'order'
    | 'pipeline'
    | 'stage'
    | 'deal'
    | 'quota'
    | 'ticket'
    | 'ticketMessage'
    | 'attachment'
    | 'macro'
    | 'segment'
    | 'campaign'
    | 'user'
    | 'handOver'
    | 'role'
    | 'apiKey'
    | 'import'
    | 'export',
    string
  >;
  workspaceId: string;
  email: string;
  domain: string;
  externalId: string;
  /** Name of a custom property, of a role, and a word in names. */
  property: string;
  code: string;
  role: string;
  word: string;
  cursors: string[];
}

/** Records of the caller's own, which may be told to point to another's. */
export interface Own {
  contact: string;
  company: string;
  team: string;
  lead: string;
  activity: string;
  productCategory: string;
  product: string;
  order: string;
  pipeline: string;
  deal: string;
  quota: string;
  ticket: string;
  macro: string;
  segment: string;
  campaign: string;
  user: string;
  password: string;
  email: string;
}

/** In every text of A's, and in nothing else. */
export const WORD = 'Quillfeather';
const NO_WORD = 'Zzyzxhollow1';

/** Makes something and returns it. */
export const made = async (client: Client, path: string, body: object): Promise<{ id: string }> =>
  (await client.expect(201, 'POST', path, body)).body as { id: string };

/** Objects whose records A has, by their paths. */
export const FURNISHED = [
  ...['contacts', 'companies', 'teams', 'leads', 'product-categories', 'products', 'orders'],
  ...['pipelines', 'deals', 'quotas', 'tickets', 'macros'],
  'activities',
  'segments',
  'campaigns',
];

/** Makes one of everything in a workspace. */
export async function furnish(client: Client): Promise<Belongings> {
  const text = { name: 'quillcode', label: WORD, type: 'text', unique: true };
  for (const plural of FURNISHED) {
    await client.expect(201, 'POST', `/v1/properties/${plural}`, text);
  }
  const role = await made(client, '/v1/roles', {
    name: `${WORD} role`,
    permissions: ['contact:read'],
  });
  const user = await made(client, '/v1/users', {
    ...{
      email: 'quill@quillfeather.example',
      name: WORD,
      roles: [`${WORD} role`],
      password: PASSWORD,
    },
  });
  const apiKey = await made(client, '/v1/api-keys', { name: WORD, scopes: ['contact:read'] });
  const shared = { tags: [WORD], ownerId: user.id, custom: { quillcode: 'Q-1' } };
  const company = await made(client, '/v1/companies', {
    ...{ name: `${WORD} Ltd`, domain: 'quillfeather.example', externalIds: { legacy: 'Q-77' } },
    ...shared,
  });
  const contact = await made(client, '/v1/contacts', {
    ...{ lastName: WORD, email: 'pen@quillfeather.example', externalIds: { legacy: 'Q-77' } },
    ...{ companyId: company.id, ...shared },
  });
  const team = await made(client, '/v1/teams', {
    ...{ name: `${WORD} team`, managerId: user.id, externalIds: { legacy: 'Q-77' }, ...shared },
  });
  await client.expect(201, 'PUT', `/v1/teams/${team.id}/members/${user.id}`, { role: 'member' });
  await client.expect(201, 'PUT', `/v1/teams/${team.id}/members/${client.userId}`, {
    role: 'member',
  });
  const lead = await made(client, '/v1/leads', {
    ...{ lastName: WORD, email: 'pen@quillfeather.example', externalIds: { legacy: 'Q-77' } },
    ...shared,
  });
  const activity = await made(client, '/v1/activities', {
    ...{ type: 'task', subject: `${WORD} task`, externalIds: { legacy: 'Q-77' }, ...shared },
    ...{ dueAt: '2026-11-01T09:00:00.000Z', links: [{ object: 'contact', recordId: contact.id }] },
    ...{ participants: [{ userId: user.id }] },
  });
  const assignmentRule = await made(client, '/v1/assignment-rules', {
    ...{ name: WORD, method: 'roundRobin', teamId: team.id },
  });
  const slaPolicy = await made(client, '/v1/sla-policies', {
    ...{ name: WORD, targets: { normal: { resolutionMinutes: 60 } } },
  });
  const leadForm = await made(client, '/v1/lead-forms', {
    ...{ name: WORD, fields: [{ name: 'lastName' }], ownerId: user.id, thankYou: WORD },
  });
  const submission = await spamOf(client, leadForm);
  const consent = await furnishConsent(client, contact);
  const goods = await furnishCatalogue(client, contact.id, company.id, shared);
  const selling = await furnishSelling(client, contact.id, company.id, user.id, shared);
  const service = await furnishService(client, contact.id, team.id, goods.order.id, shared);
  const segment = await made(client, '/v1/segments', {
    ...{ name: `${WORD} team`, object: 'contacts', kind: 'static', ...shared },
    ...{ description: WORD, externalIds: { legacy: 'Q-77' } },
  });
  await client.expect(200, 'POST', `/v1/segments/${segment.id}/members`, {
    ...{ operation: 'add', ids: [contact.id] },
  });
  const campaign = await made(client, '/v1/campaigns', {
    ...{ name: `${WORD} campaign`, subject: WORD, text: WORD, segmentIds: [segment.id] },
    ...{ externalIds: { legacy: 'Q-77' }, ...shared },
  });
  const [binned, merged] = [
    await made(client, '/v1/contacts', { lastName: `${WORD} binned` }),
    await made(client, '/v1/contacts', { lastName: `${WORD} merged` }),
  ];
  await client.expect(204, 'DELETE', `/v1/contacts/${binned.id}`);
  await client.expect(200, 'POST', `/v1/contacts/${contact.id}/merge`, {
    duplicateIds: [merged.id],
  });
  const file = `lastName\n${WORD} one\n${WORD} two\n`;
  const imported = await runImport(client, { options: { object: 'contacts' }, file });
  const { body: exported } = await client.expect(202, 'POST', '/v1/exports', {
    ...{ object: 'contacts', format: 'ndjson' },
  });
  await exportDone(client, exported.id);
  const pages = [
    '/v1/contacts?limit=1',
    '/v1/events?limit=1',
    '/v1/audit?limit=1',
    '/v1/roles?limit=1',
  ];
  const cursors: string[] = [];
  const nested = [
    `/v1/contacts/${contact.id}/timeline?limit=1`,
    `/v1/teams/${team.id}/members?limit=1`,
  ];
  for (const page of [...pages, ...nested]) {
    cursors.push((await client.expect(200, 'GET', page)).body.page.nextCursor);
  }
  const { body: handOver } = await client.expect(202, 'POST', `/v1/users/${user.id}/hand-over`, {
    ...{ to: client.userId, objects: ['companies'] },
  });
  await handOverDone(client, user.id, handOver.id);
  const ids = {
    ...{
      contact,
      binned,
      merged,
      company,
      team,
      lead,
      activity,
      assignmentRule,
      slaPolicy,
      leadForm,
      submission,
      segment,
      campaign,
      user,
      handOver,
      ...consent,
      ...goods,
      ...selling,
      ...service,
      role,
      apiKey,
    },
  };
  return {
    ids: {
      ...(Object.fromEntries(
        Object.entries(ids).map(([name, { id }]) => [name, id]),
      ) as Belongings['ids']),
      ...{ import: imported.id, export: exported.id },
    },
    ...{ workspaceId: client.workspaceId, email: 'pen@quillfeather.example' },
    ...{ domain: 'quillfeather.example', externalId: 'Q-77', property: 'quillcode', code: 'Q-1' },
    ...{ role: `${WORD} role`, word: WORD, cursors },
  };
}

/** A purpose, a contact's consent to it, and an address that nothing is sent to. */
async function furnishConsent(client: Client, contact: { id: string }) {
  const consentPurpose = await made(client, '/v1/consent-purposes', {
    ...{ key: 'quillcode', name: WORD, description: WORD, doubleOptIn: false },
  });
  const consent = { channel: 'email', source: WORD, proof: { note: WORD } };
  for (const said of [
    { purpose: 'quillcode', status: 'granted' },
    { purpose: 'marketing', status: 'withdrawn' },
  ]) {
    const path = `/v1/contacts/${contact.id}/consents`;
    await client.expect(200, 'POST', path, { ...consent, ...said });
  }
  const entries = [{ channel: 'email', address: 'pen@quillfeather.example' }];
  await client.expect(200, 'POST', '/v1/suppressions', { entries, note: WORD });
  const { body } = await client.expect(200, 'GET', '/v1/suppressions');
  return { consentPurpose, suppression: body.data[0] as { id: string } };
}

/** A pipeline, one of its stages, and a deal there. */
async function furnishSelling(
  client: Client,
  contactId: string,
  companyId: string,
  userId: string,
  shared: object,
) {
  const more = { externalIds: { legacy: 'Q-77' }, ...shared };
  const quota = await made(client, '/v1/quotas', {
    ...{ userId, period: '2031', amount: '777.77', ...more },
  });
  await client.expect(200, 'PUT', '/v1/exchange-rates', {
    rates: [{ from: 'USD', to: 'EUR', date: '2021-01-01', rate: '0.77777' }],
  });
  // The name of the team: what is unique by its name has one name here.
  const pipeline = await made(client, '/v1/pipelines', { name: `${WORD} team`, ...more });
  const [stage] = (pipeline as unknown as { stages: [{ id: string }] }).stages;
  const deal = await made(client, '/v1/deals', {
    ...{ name: `${WORD} deal`, stageId: stage.id, amount: '777.77', companyId },
    ...{ contacts: [{ contactId, role: WORD }], ...more },
  });
  return { pipeline, stage, deal, quota };
}

/** A ticket with a message and a file, one that came as a mail, and a macro. */
async function furnishService(
  client: Client,
  requesterId: string,
  teamId: string,
  orderId: string,
  shared: { ownerId: string },
) {
  const more = { externalIds: { legacy: 'Q-77' }, ...shared };
  const ticket = await made(client, '/v1/tickets', {
    ...{ subject: `${WORD} ticket`, requesterId, teamId, ...more },
    ...{ links: [{ object: 'order', recordId: orderId }], followers: [{ userId: shared.ownerId }] },
  });
  const form = new FormData();
  form.append('file', new Blob([WORD]), `${WORD}.txt`);
  const { body: attachment } = await client.expect(
    ...([201, 'POST', `/v1/tickets/${ticket.id}/attachments`, form] as const),
  );
  const ticketMessage = await made(client, `/v1/tickets/${ticket.id}/messages`, { body: WORD });
  const mail = `From: ${WORD} <mail@quillfeather.example>\nMessage-ID: <${WORD}@customer.example>\n\n${WORD}`;
  const raw = new Blob([mail], { type: 'message/rfc822' });
  await client.expect(200, 'POST', '/v1/inbound/email', raw);
  // The name of the team: what is unique by its name has one name here.
  const macro = await made(client, '/v1/macros', { name: `${WORD} team`, reply: WORD, ...more });
  return { ticket, ticketMessage, attachment: attachment as { id: string }, macro };
}

/** A category, a product in it, and an order of it. */
async function furnishCatalogue(
  client: Client,
  contactId: string,
  companyId: string,
  shared: object,
) {
  const more = { externalIds: { legacy: 'Q-77' }, ...shared };
  const productCategory = await made(client, '/v1/product-categories', {
    ...{ name: `${WORD} category`, code: `${WORD} code`, ...more },
  });
  const product = await made(client, '/v1/products', {
    ...{ sku: `${WORD} sku`, name: `${WORD} product`, categoryId: productCategory.id, ...more },
    ...{ stock: '10', prices: [{ currency: 'EUR', amount: '5.00' }] },
  });
  const order = await made(client, '/v1/orders', {
    ...{ reference: `${WORD} order`, contactId, companyId, notes: WORD, ...more },
    lines: [{ productId: product.id, quantity: '1' }],
  });
  return { productCategory, product, order };
}

/** Something that was sent through a form without its token. */
async function spamOf(client: Client, form: { id: string }): Promise<{ id: string }> {
  const { publicKey } = form as unknown as { publicKey: string };
  const sent = { lastName: WORD, token: '' };
  await client.with({ token: null }).expect(200, 'POST', `/v1/forms/${publicKey}`, sent);
  const list = `/v1/lead-forms/${form.id}/submissions?status=spam`;
  return (await client.expect(200, 'GET', list)).body.data[0] as { id: string };
}

/** Waits until an export can be fetched. */
export async function exportDone(client: Client, id: string): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    const { body } = await client.expect(200, 'GET', `/v1/exports/${id}`);
    if (body.status === 'completed') return;
    await sleep(50);
  }
  throw new Error('The export does not end');
}

async function handOverDone(client: Client, userId: string, id: string): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    const { body } = await client.expect(200, 'GET', `/v1/users/${userId}/hand-overs/${id}`);
    if (body.status === 'completed') return;
    await sleep(50);
  }
  throw new Error('The hand-over does not end');
}

/** Of the same shape and time, but of nobody. */
export function nowhere(of: Belongings): Belongings {
  const id = (text: string): string => text.slice(0, 24) + randomUUID().slice(24);
  return {
    ids: Object.fromEntries(
      Object.entries(of.ids).map(([name, value]) => [name, id(value)]),
    ) as Belongings['ids'],
    ...{ workspaceId: id(of.workspaceId), email: 'pen@zzyzxhollow1.example' },
    ...{ domain: 'zzyzxhollow1.example', externalId: 'Z-77', property: 'zzyzxcode', code: 'Z-1' },
    ...{ role: `${NO_WORD} role`, word: NO_WORD },
    cursors: of.cursors.map((cursor) => forge(cursor)),
  };
}

/** A cursor nobody has made: of an id where ids stand in it, otherwise with a broken signature. */
function forge(cursor: string): string {
  const plain = Buffer.from(cursor, 'base64url').toString('latin1');
  if (/^[0-9a-f-]{36}$/.test(plain)) {
    return Buffer.from(plain.slice(0, 24) + randomUUID().slice(24)).toString('base64url');
  }
  return (cursor.startsWith('A') ? 'B' : 'A') + cursor.slice(1);
}
