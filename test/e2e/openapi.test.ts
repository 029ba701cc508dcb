import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { Validator } from '@seriousme/openapi-schema-validator';
import { PROBLEMS } from '../../src/common/errors.js';
import { SignedLinks } from '../../src/platform/links/signed-links.js';
import { query } from '../support/database.js';
import { PASSWORD, startServer } from '../support/server.js';
import type { Reply } from '../support/client.js';
import type { Client, TestServer } from '../support/server.js';

interface Operation {
  operationId: string;
  summary?: string;
  description?: string;
  tags?: string[];
  parameters?: Parameter[];
  requestBody?: { content: Record<string, { schema: object; example?: unknown }> };
  responses: Record<string, { $ref?: string }>;
}

/** An object is a filter: each of its members becomes a parameter. */
type Value = string | number | boolean | object;

interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  example?: Value;
  examples?: Record<string, { value: Value }>;
  schema: { example?: Value; default?: Value };
}

interface Described extends Operation {
  method: string;
  path: string;
}

let server: TestServer;
let document: { paths: Record<string, Record<string, Operation>> } & Record<string, unknown>;
let operations: Described[];

beforeAll(async () => {
  server = await startServer();
  document = (await server.admin.expect(200, 'GET', '/openapi.json')).body;
  operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ ...operation, method, path })),
  );
}, 120_000);
afterAll(() => server?.close());

describe('the document', () => {
  test('is valid OpenAPI 3.1', async () => {
    const validator = new Validator();
    const { valid, errors } = await validator.validate(structuredClone(document));
    expect({ valid, errors }).toMatchObject({ valid: true });
    expect(validator.version).toBe('3.1');
    expect(JSON.stringify(document)).not.toContain('"nullable"');
  });

  test('names each operation once, and tells its domain, its purpose and its permission', () => {
    const ids = operations.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    const domains = (document['tags'] as { name: string; description?: string }[])
      .filter(({ description }) => description)
      .map(({ name }) => name);
    const untold = operations.filter(
      ({ summary, description, tags }) =>
        !summary ||
        tags?.length !== 1 ||
        !domains.includes(tags[0] as string) ||
        !/Needs (permission `|a sign-in, but|no sign-in)/.test(description ?? ''),
    );
    expect(untold.map(({ operationId }) => operationId)).toEqual([]);
  });

  test('explains every problem with an example of each code', () => {
    const components = document['components'] as {
      responses: Record<string, { content: Record<string, { examples: object }> }>;
    };
    for (const { responses, operationId } of operations) {
      const problems = Object.entries(responses).filter(([status]) => Number(status) >= 400);
      expect([operationId, problems.length]).not.toEqual([operationId, 0]);
      for (const [status, { $ref }] of problems) {
        const described = components.responses[$ref?.split('/').at(-1) ?? ''];
        const { examples } = described?.content['application/problem+json'] ?? {};
        const codes = Object.entries(PROBLEMS).filter(([, kind]) => String(kind.status) === status);
        expect(Object.keys(examples ?? {})).toEqual(codes.map(([code]) => code));
      }
    }
  });
});

/** What Swagger UI puts into the box of a parameter to begin with. */
function prefilled({ example, examples, schema }: Parameter): Value | undefined {
  const [first] = Object.values(examples ?? {});
  return first?.value ?? example ?? schema.example ?? schema.default;
}

/** Ids and other values that only exist once something was made; by operation. */
interface Given {
  path?: Record<string, string>;
  body?: object;
  as?: Client;
}

/** The path and query that are sent when nothing is typed in but what the path must have. */
function addressOf({ path, parameters = [] }: Described, given: Given): string {
  const query = new URLSearchParams();
  let filled = path;
  for (const parameter of parameters) {
    const value = given.path?.[parameter.name] ?? prefilled(parameter);
    if (parameter.in === 'path') {
      if (typeof value !== 'string') throw new Error(`${path} needs ${parameter.name}`);
      filled = filled.replace(`{${parameter.name}}`, encodeURIComponent(value));
    } else if (typeof value === 'object') {
      // A filter that nobody chose would hide what there is.
      expect([parameter.name, value]).toEqual([parameter.name, {}]);
    } else if (parameter.in === 'query' && value !== undefined) {
      query.set(parameter.name, String(value));
    }
  }
  return query.size > 0 ? `${filled}?${query.toString()}` : filled;
}

/** Statuses that say the example is at fault, and not that what it names is taken already. */
const REFUSALS = [400, 415, 422, 500];

/** Of the items of a batch, which has succeeded as a whole. */
function itemStatuses({ body }: Reply): number[] {
  const results = (body?.results ?? []) as { status: number }[];
  return results.map(({ status }) => status);
}

describe('pressing Execute', () => {
  test('is taken by every operation with a JSON body, as its example stands', async () => {
    const bodies = operations.filter(
      (operation) => operation.requestBody?.content['application/json'],
    );
    expect(bodies.length).toBeGreaterThan(20);
    const refused: string[] = [];
    for (const operation of bodies) {
      const given = (await GIVEN[operation.operationId]?.(server)) ?? (await idOf(operation));
      const example = operation.requestBody?.content['application/json']?.example as object;
      const body = { ...example, ...given.body };
      const caller = given.as ?? server.admin;
      const address = addressOf(operation, given);
      const reply = await caller.api(operation.method.toUpperCase(), address, body);
      const isDocumented = String(reply.status) in operation.responses;
      const statuses = [reply.status, ...itemStatuses(reply)];
      if (statuses.some((status) => REFUSALS.includes(status)) || !isDocumented) {
        refused.push(`${operation.operationId}: ${reply.status} ${reply.text}`);
      }
    }
    expect(refused).toEqual([]);
  }, 120_000);

  test('is taken by every list and search, as its boxes stand', async () => {
    const reads = operations.filter(
      ({ method, path }) =>
        method === 'get' && !/\{(id|queue|jobId|publicKey|file|token)\}|\/stream$/.test(path),
    );
    expect(reads.length).toBeGreaterThan(12);
    const refused: string[] = [];
    for (const operation of reads) {
      const reply = await server.admin.api('GET', addressOf(operation, {}));
      const isDocumented = String(reply.status) in operation.responses;
      if (reply.status >= 400 || !isDocumented) {
        refused.push(`${operation.operationId}: ${reply.status} ${reply.text}`);
      }
    }
    expect(refused).toEqual([]);
  });
});

/** A record of the operation's own kind, when its path names one. */
async function idOf({ path }: Described): Promise<Given> {
  if (!path.includes('{id}')) return {};
  const collection = path.split('/{id}')[0] as string;
  const made = await server.admin.expect(201, 'POST', collection, NEW[collection]?.());
  return { path: { id: made.body.id } };
}

let counter = 0;
const fresh = (): string => `made-${(counter += 1)}`;

const NEW: Record<string, () => object> = {
  '/v1/contacts': () => ({ lastName: fresh() }),
  '/v1/companies': () => ({ name: fresh() }),
  '/v1/lead-forms': () => ({
    ...{ name: fresh(), fields: ['lastName', 'email', 'message'].map((name) => ({ name })) },
  }),
  '/v1/consent-purposes': () => ({ key: fresh(), name: 'New' }),
  '/v1/leads': () => ({ lastName: fresh() }),
  '/v1/sla-policies': () => ({
    ...{ name: fresh(), targets: { normal: { resolutionMinutes: 60 } } },
  }),
  '/v1/activities': () => ({ type: 'task', subject: fresh() }),
  '/v1/tickets': () => ({ subject: fresh() }),
  '/v1/macros': () => ({ name: fresh(), reply: 'Dear {{ requester.name }}' }),
  '/v1/teams': () => ({ name: fresh() }),
  '/v1/product-categories': () => ({ name: fresh() }),
  '/v1/products': () => ({ sku: fresh(), name: fresh() }),
  '/v1/orders': () => ({ notes: fresh() }),
  '/v1/pipelines': () => ({ name: fresh() }),
  '/v1/quotas': () => ({
    userId: server.admin.userId,
    period: `${(counter += 1) + 2000}`,
    amount: '1',
  }),
  '/v1/deals': () => ({ name: fresh(), amount: '100' }),
  '/v1/campaigns': () => ({
    ...{ name: fresh(), subject: 'News', text: 'Dear {{ contact.firstName }}' },
    audienceWhere: { field: 'lastName', op: 'eq', value: 'Nobody' },
  }),
  '/v1/segments': () => ({ name: fresh(), object: 'contacts', kind: 'static' }),
  '/v1/roles': () => ({ name: fresh(), permissions: [] }),
  '/v1/users': () => ({ name: 'New', email: `${fresh()}@example.com`, roles: ['member'] }),
};

async function duplicatesOf(collection: string, { admin }: TestServer): Promise<Given> {
  const make = async (): Promise<string> =>
    (await admin.expect(201, 'POST', collection, NEW[collection]?.())).body.id;
  return { path: { id: await make() }, body: { duplicateIds: [await make()] } };
}

/** A new deal, and a stage that it can go to. */
async function newDeal(admin: Client): Promise<{ id: string; stage: string }> {
  const deal = await admin.expect(201, 'POST', '/v1/deals', NEW['/v1/deals']?.());
  const pipeline = await admin.expect(200, 'GET', `/v1/pipelines/${deal.body.pipelineId}`);
  return { id: deal.body.id, stage: pipeline.body.stages[1].id };
}

/** An order that has come so far, and its line, which an example cannot name. */
async function orderIn(
  status: 'draft' | 'confirmed' | 'fulfilled',
  { admin }: TestServer,
): Promise<Given & { parts: object }> {
  const company = await admin.expect(201, 'POST', '/v1/companies', NEW['/v1/companies']?.());
  const { body: order } = await admin.expect(201, 'POST', '/v1/orders', {
    ...{ companyId: company.body.id, lines: [{ name: 'Cup', quantity: '9', unitPrice: '20' }] },
  });
  const moves = { draft: [], confirmed: ['confirm'], fulfilled: ['confirm', 'fulfil'] }[status];
  for (const move of moves) {
    await admin.expect(200, 'POST', `/v1/orders/${order.id}/${move}`, {});
  }
  const lines = [{ lineId: order.lines[0].id as string, quantity: '1' }];
  return { path: { id: order.id as string }, parts: { lines } };
}

/** Of a link that somebody has by whom a password was forgotten. */
async function resetToken({ app, createUser, database }: TestServer): Promise<string> {
  const { userId, workspaceId } = await createUser('member');
  const mailId = randomUUID();
  await query(
    database.superuserUrl,
    `insert into password_resets (account_id, mail_id, expires_at)
     select account_id, '${mailId}', now() + interval '1 hour' from users where id = '${userId}'`,
  );
  const links = app.get(SignedLinks, { strict: false });
  return links.sign(workspaceId, 'password-reset', mailId);
}

/** What an example cannot know. Whoever changes a password or ends a session is somebody else. */
const GIVEN: Record<string, (server: TestServer) => Promise<Given>> = {
  Auth_password: async ({ createUser }) => ({ as: await createUser('member') }),
  Auth_refresh: async ({ createUser }) => {
    const { refreshToken } = await createUser('member');
    return { body: { refreshToken } };
  },
  Otp_begin: async ({ createUser }) => ({ as: await createUser('member') }),
  Otp_confirm: async ({ createUser }) => ({ as: await createUser('member') }),
  Otp_disable: async ({ createUser }) => ({ as: await createUser('member') }),
  Invitations_accept: async ({ admin }) => {
    const user = await admin.expect(201, 'POST', '/v1/users', NEW['/v1/users']?.());
    return { body: { token: user.body.invitationToken, password: PASSWORD } };
  },
  InvitationPages_accept: async ({ admin }) => {
    const user = await admin.expect(201, 'POST', '/v1/users', NEW['/v1/users']?.());
    return { path: { token: user.body.invitationToken } };
  },
  PasswordResets_reset: async (started) => ({ body: { token: await resetToken(started) } }),
  PasswordResets_resetByLink: async (started) => ({ path: { token: await resetToken(started) } }),
  TeamMembers_put: async ({ admin }) => {
    const team = await admin.expect(201, 'POST', '/v1/teams', NEW['/v1/teams']?.());
    return { path: { id: team.body.id, userId: admin.userId } };
  },
  AssignmentRules_create: ({ admin }) => Promise.resolve({ body: { userIds: [admin.userId] } }),
  AssignmentRules_update: async ({ admin }) => {
    const rule = { name: fresh(), method: 'fixed', userIds: [admin.userId] };
    const made = await admin.expect(201, 'POST', '/v1/assignment-rules', rule);
    return { path: { id: made.body.id }, body: { userIds: [admin.userId] } };
  },
  LeadForms_release: async ({ admin }) => {
    const form = await admin.expect(201, 'POST', '/v1/lead-forms', NEW['/v1/lead-forms']?.());
    const { id, publicKey } = form.body;
    await admin.expect(200, 'POST', `/v1/forms/${publicKey}`, { lastName: 'X', token: '' });
    const kept = await admin.expect(200, 'GET', `/v1/lead-forms/${id}/submissions`);
    return { path: { id, submissionId: kept.body.data[0].id } };
  },
  PublicForms_submit: async ({ admin }) => {
    const form = await admin.expect(201, 'POST', '/v1/lead-forms', NEW['/v1/lead-forms']?.());
    return { path: { publicKey: form.body.publicKey } };
  },
  PublicConsent_choose: async ({ admin, app }) => {
    const contact = await admin.expect(201, 'POST', '/v1/contacts', NEW['/v1/contacts']?.());
    const links = app.get(SignedLinks, { strict: false });
    const token = await links.sign(admin.workspaceId, 'preferences', [contact.body.id]);
    return { path: { token } };
  },
  PublicSurveys_answer: async ({ admin, app, database }) => {
    const ticket = await admin.expect(201, 'POST', '/v1/tickets', NEW['/v1/tickets']?.());
    const [survey] = await query(
      database.superuserUrl,
      `insert into ticket_surveys (workspace_id, ticket_id, due_at, sent_at, expires_at)
       values ('${admin.workspaceId}', '${ticket.body.id}', now(), now(), now() + interval '1 day')
       returning id`,
    );
    const links = app.get(SignedLinks, { strict: false });
    return { path: { token: await links.sign(admin.workspaceId, 'survey', survey.id) } };
  },
  Segments_update: async ({ admin }) => {
    const where = { field: 'lastName', op: 'eq', value: 'Nobody' };
    const dynamic = { name: fresh(), object: 'contacts', kind: 'dynamic', where };
    const segment = await admin.expect(201, 'POST', '/v1/segments', dynamic);
    return { path: { id: segment.body.id } };
  },
  CampaignPreview_preview: async ({ admin }) => {
    const contact = await admin.expect(201, 'POST', '/v1/contacts', NEW['/v1/contacts']?.());
    const campaign = await admin.expect(201, 'POST', '/v1/campaigns', NEW['/v1/campaigns']?.());
    return { path: { id: campaign.body.id }, body: { contactId: contact.body.id } };
  },
  Tickets_merge: (started) => duplicatesOf('/v1/tickets', started),
  TicketDeeds_assign: async ({ admin }) => {
    const ticket = await admin.expect(201, 'POST', '/v1/tickets', NEW['/v1/tickets']?.());
    return { path: { id: ticket.body.id }, body: { ownerId: admin.userId } };
  },
  TicketConversations_split: async ({ admin }) => {
    const { body } = await admin.expect(201, 'POST', '/v1/tickets', NEW['/v1/tickets']?.());
    const path = `/v1/tickets/${body.id}/messages`;
    const message = await admin.expect(201, 'POST', path, { body: 'Two things' });
    return { path: { id: body.id }, body: { messageIds: [message.body.id] } };
  },
  TicketMacros_apply: async ({ admin }) => {
    const ticket = await admin.expect(201, 'POST', '/v1/tickets', NEW['/v1/tickets']?.());
    const macro = await admin.expect(201, 'POST', '/v1/macros', NEW['/v1/macros']?.());
    return { path: { id: ticket.body.id }, body: { macroId: macro.body.id } };
  },
  Macros_preview: async ({ admin }) => {
    const ticket = await admin.expect(201, 'POST', '/v1/tickets', NEW['/v1/tickets']?.());
    const macro = await admin.expect(201, 'POST', '/v1/macros', NEW['/v1/macros']?.());
    return { path: { id: macro.body.id }, body: { ticketId: ticket.body.id } };
  },
  Leads_merge: (started) => duplicatesOf('/v1/leads', started),
  HandOvers_start: async ({ admin, createUser }) => {
    const { userId } = await createUser('member');
    return { path: { id: userId }, body: { to: admin.userId } };
  },
  Users_deactivate: async ({ admin, createUser }) => {
    const { userId } = await createUser('member');
    return { path: { id: userId }, body: { handOverTo: admin.userId } };
  },
  OrderTransitions_confirm: (started) => orderIn('draft', started),
  OrderTransitions_fulfil: (started) => orderIn('confirmed', started),
  OrderTransitions_close: (started) => orderIn('fulfilled', started),
  OrderTransitions_cancel: (started) => orderIn('confirmed', started),
  OrderTransitions_reopen: (started) => orderIn('confirmed', started),
  OrderTransitions_takeBack: async (started) => {
    const { path, parts } = await orderIn('fulfilled', started);
    return { path, body: parts };
  },
  OrderPayments_pay: (started) => orderIn('confirmed', started),
  OrderPayments_refund: async (started) => {
    const given = await orderIn('confirmed', started);
    await started.admin.expect(201, 'POST', `/v1/orders/${given.path?.['id'] ?? ''}/payments`, {
      amount: '100',
    });
    return { path: given.path };
  },
  Contacts_merge: (started) => duplicatesOf('/v1/contacts', started),
  ProductCategories_merge: (started) => duplicatesOf('/v1/product-categories', started),
  Products_merge: (started) => duplicatesOf('/v1/products', started),
  Companies_merge: (started) => duplicatesOf('/v1/companies', started),
  Deals_merge: (started) => duplicatesOf('/v1/deals', started),
  Quotas_create: async ({ admin }) => ({ body: { userId: admin.userId } }),
  Quotas_upsert: async ({ admin }) => ({ body: { userId: admin.userId, period: '2099' } }),
  Quotas_batch: async ({ admin }) => ({
    body: { records: [{ userId: admin.userId, period: '2098', amount: '1' }] },
  }),
  Board_moveDeals: async ({ admin }) => {
    const deal = await admin.expect(201, 'POST', '/v1/deals', NEW['/v1/deals']?.());
    const pipeline = await admin.expect(200, 'GET', `/v1/pipelines/${deal.body.pipelineId}`);
    const [first, second] = pipeline.body.stages as { id: string }[];
    return {
      path: { id: deal.body.pipelineId, stageId: first?.id as string },
      body: { to: second?.id },
    };
  },
  DealMoves_move: async ({ admin }) => {
    const { stage, ...deal } = await newDeal(admin);
    return { path: { id: deal.id }, body: { stageId: stage } };
  },
  DealMoves_reopen: async ({ admin }) => {
    const { stage, id } = await newDeal(admin);
    await admin.expect(200, 'POST', `/v1/deals/${id}/win`, {});
    return { path: { id }, body: { stageId: stage } };
  },
};
