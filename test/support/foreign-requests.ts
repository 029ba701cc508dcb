import type { Belongings, Own } from './belongings.js';
import { BODIES, keysOf } from './foreign-bodies.js';
import { conditions } from './foreign-conditions.js';

export interface ForeignRequest {
  method: string;
  path: string;
  body?: unknown;
  headers?: Record<string, string>;
}

interface Operation {
  parameters?: { in: string; name: string }[];
  requestBody?: object;
}

type Values = (theirs: Belongings) => string[];

const pathValues: Record<string, Values> = {
  id: ({ ids }) => Object.values(ids),
  // The second id of a path: each with every first one, so not all there are.
  userId: ({ ids }) => [ids.user, ids.contact],
  handOverId: ({ ids }) => [ids.handOver, ids.import],
  stageId: ({ ids }) => [ids.stage, ids.contact],
  submissionId: ({ ids }) => [ids.submission, ids.lead],
  attachmentId: ({ ids }) => [ids.attachment, ids.contact],
  // Of exchange rates.
  from: () => ['USD'],
  to: () => ['EUR'],
  date: () => ['2021-01-01'],
  object: () => ['contacts'],
  name: ({ property }) => [property],
  // Of platform administrators alone, who see all workspaces' jobs.
  queue: () => ['imports'],
  file: ({ code }) => [`${code}.ics`],
  jobId: ({ ids }) => [ids.import],
};

const none: Values = () => [];
const firstDay: Values = () => ['2021-01-01'];
const queryValues: Record<string, Values> = {
  limit: () => ['500'],
  cursor: ({ cursors }) => cursors,
  after: ({ cursors }) => cursors,
  sort: ({ property }) => [`custom.${property}`],
  query: ({ word, email, domain }) => [word, email, domain],
  q: ({ word, email, domain }) => [word, email, domain],
  fields: ({ property }) => [`custom.${property}`],
  include: () => ['owner'],
  date: () => ['2026-11-01'],
  days: () => ['31'],
  userId: ({ ids }) => [ids.user],
  count: () => ['exact', 'estimated'],
  deleted: () => ['true'],
  filter: none, // one parameter for each field: see filters
  purge: () => ['true'],
  status: () => ['spam'],
  result: () => ['created', 'stopped'],
  format: () => ['csv'],
  raw: () => ['true'],
  types: () => [
    'contact,company,team,lead,activity,productCategory,product,order,pipeline,deal,quota,' +
      'ticket,macro,segment,campaign',
    'contact.*',
  ],
  actor: ({ ids }) => [ids.user, ids.apiKey],
  object: () => ['contacts'],
  recordId: ({ ids }) => [ids.contact, ids.company, ids.user],
  type: () => ['contact.*'],
  ownerId: ({ ids }) => [ids.user],
  pipelineId: ({ ids }) => [ids.pipeline],
  by: () => ['owner', 'team', 'customer', 'product', 'source'],
  teamId: ({ ids }) => [ids.team],
  customer: () => ['contact'],
  months: () => ['3'],
  source: ({ word }) => [word],
  timeZone: () => ['Europe/Berlin'],
  since: firstDay,
  until: firstDay,
  amount: () => ['100'],
  at: () => ['2098-12-01T15:00:00.000Z', '2021-01-01'],
  from: () => ['2020-01-01T00:00:00.000Z', 'USD', '2020-01'],
  to: () => ['2099-01-01T00:00:00.000Z', 'EUR', '2020-12'],
  currency: () => ['EUR'],
  quantity: () => ['2'],
  reason: () => ['manual'],
};

const headerValues: Record<string, Values> = {
  'If-Match': () => ['"1"'],
  'If-None-Match': () => ['"1"'],
  'Idempotency-Key': none, // has a test of its own
  'X-Envelope-To': ({ email }) => [email],
  'X-Envelope-From': ({ email }) => [email],
  Range: () => ['bytes=0-9'],
  Accept: () => ['text/csv'],
  'Last-Event-ID': ({ cursors }) => cursors,
};

/** Operations that are not called, and why nothing is lost by that. */
export const NOT_CALLED: Record<string, string> = {
  'POST /v1/activities/calendar-feed': 'takes nothing but the caller, and answers a new secret',
  'POST /v1/auth/logout': 'takes nothing but the caller, and ends the session of this test',
  'GET /v1/forms/{publicKey}':
    'is for strangers who have the key; tests of its own say what they see',
  'POST /v1/forms/{publicKey}': 'has tests of its own: what strangers are told, and what they make',
  'GET /v1/surveys/{token}':
    'is for customers who have the link; tests of its own say what they see',
  ...Object.fromEntries(
    ['invitations', 'reset-password'].flatMap((path) =>
      ['GET', 'POST'].map((method) => [
        `${method} /v1/auth/${path}/{token}`,
        'is for whoever has the link, which names its workspace; has tests of its own',
      ]),
    ),
  ),
  'POST /v1/surveys/{token}': 'has tests of its own: what customers are told, and what they rate',
  ...Object.fromEntries(
    ['consents/confirm', 'preferences', 'unsubscribe'].flatMap((path) =>
      ['GET', 'POST'].map((method) => [
        `${method} /v1/${path}/{token}`,
        'is for whoever has the link, which names its workspace; has tests of its own',
      ]),
    ),
  ),
  ...Object.fromEntries(
    ['opens', 'clicks'].map((what) => [
      `GET /v1/campaign-${what}/{token}`,
      'is for whoever has the mail, whose link names its workspace; has tests of its own',
    ]),
  ),
  'GET /metrics': 'takes nothing, and tells everyone the figures of the process as they are',
};

/** Operations whose body cannot name anything: the caller's own things have no part in them. */
const NAMELESS = new Set([
  'POST /v1/leads/{id}/disqualify',
  'POST /v1/deals/{id}/win',
  'POST /v1/deals/{id}/lose',
]);

/**
 * Every request of an operation by which a caller could name what is not theirs.
 * @throws Error for an operation with a parameter or body of which this does not know what it may name.
 */
export function foreignRequests(
  method: string,
  template: string,
  operation: Operation,
  theirs: Belongings,
  own: Own,
): ForeignRequest[] {
  const key = `${method} ${template}`;
  const bodiesOf = BODIES[key];
  if (operation.requestBody && !bodiesOf) throw new Error(`Say what the body of ${key} could name`);
  const bodies = bodiesOf?.(theirs, own) ?? [undefined];
  const requests: ForeignRequest[] = [];
  const pointing = operation.requestBody && !NAMELESS.has(key) ? own : undefined;
  for (const path of paths(template, theirs, pointing)) {
    for (const body of bodies) requests.push({ method, path, body });
    if (operation.requestBody) continue;
    for (const query of queries(key, template, operation, theirs)) {
      requests.push({ method, path: `${path}?${query}` });
    }
    for (const { name } of operation.parameters?.filter((item) => item.in === 'header') ?? []) {
      for (const value of known(headerValues, name, key)(theirs)) {
        requests.push({ method, path, headers: { [name]: value } });
      }
    }
  }
  // A stream without a place to begin at does not end.
  return template.endsWith('/events/stream')
    ? requests.filter(({ path, headers }) => headers || path.includes('after='))
    : requests;
}

function paths(template: string, theirs: Belongings, own: Own | undefined): string[] {
  if (template.includes('{key}')) {
    const pairs = keysOf(theirs, uniqueOf(template));
    return pairs.map((pair) => fill(fill(template, 'key', pair[0]), 'value', pair[1]));
  }
  const names = [...template.matchAll(/\{(\w+)\}/g)].map((match) => match[1] as string);
  let filled = [template];
  for (const name of names) {
    const mine = ownValues(name, template, own);
    const values = [...pathIds(name, template, theirs), ...mine];
    filled = filled.flatMap((path) => values.map((value) => fill(path, name, value)));
  }
  return filled;
}

/** Which of A's things a path names: those of its own kind. */
const KINDS: Record<string, readonly (keyof Belongings['ids'])[]> = {
  contacts: ['contact', 'binned', 'merged'],
  companies: ['company'],
  teams: ['team'],
  leads: ['lead'],
  activities: ['activity'],
  'assignment-rules': ['assignmentRule'],
  'sla-policies': ['slaPolicy'],
  'lead-forms': ['leadForm'],
  'consent-purposes': ['consentPurpose'],
  suppressions: ['suppression'],
  'product-categories': ['productCategory'],
  products: ['product'],
  orders: ['order'],
  pipelines: ['pipeline'],
  deals: ['deal'],
  quotas: ['quota'],
  tickets: ['ticket'],
  macros: ['macro'],
  segments: ['segment'],
  campaigns: ['campaign'],
};

/** Ids of the path's own kind, and of two others; all of them where the kind is not known. */
function pathIds(name: string, template: string, theirs: Belongings): string[] {
  const kinds = KINDS[template.split('/')[2] ?? ''];
  if (name !== 'id' || !kinds) return known(pathValues, name, template)(theirs);
  return [...new Set([...kinds, 'contact', 'user'] as const)].map((kind) => theirs.ids[kind]);
}

const MOVES =
  /(?:confirm|fulfil|close|cancel|complete|reopen|returns|payments|refunds|stock|status|schedule|send|pause|resume|winner|uncertain)$/;

/** What is the caller's own may be told to point to another's. */
function ownValues(name: string, template: string, own: Own | undefined): string[] {
  if (!own) return [];
  if (name === 'userId') return [own.user];
  // A deed changes what it is done to: the second time it is answered otherwise.
  if (name !== 'id' || MOVES.test(template)) return [];
  const mine = own as unknown as Record<string, string | undefined>;
  const kinds = KINDS[template.split('/')[2] ?? ''] ?? ['contact', 'company', 'team', 'user'];
  return kinds.flatMap((kind) => mine[kind] ?? []);
}

function uniqueOf(template: string): string {
  if (/leads|deals|quotas|activities|tickets|campaigns/.test(template)) return '';
  if (/teams|pipelines|macros|segments/.test(template)) return 'name';
  if (template.includes('product-categories')) return 'code';
  if (template.includes('products')) return 'sku';
  if (template.includes('orders')) return 'reference';
  return template.includes('contacts') ? 'email' : 'domain';
}

const fill = (path: string, name: string, value = ''): string =>
  path.replace(`{${name}}`, encodeURIComponent(value));

function queries(
  key: string,
  template: string,
  { parameters = [] }: Operation,
  theirs: Belongings,
): string[] {
  const names = parameters.filter((item) => item.in === 'query').map(({ name }) => name);
  const single = names.flatMap((name) =>
    known(queryValues, name, key)(theirs).map((value) => `${name}=${encodeURIComponent(value)}`),
  );
  const filters = names.includes('filter') ? conditions(template, theirs) : [];
  return [
    ...single,
    ...filters.map(
      ([field, op, value]) => `filter[${field}][${op}]=${encodeURIComponent(value)}&count=exact`,
    ),
  ];
}

function known<T>(table: Record<string, T>, name: string, where: string): T {
  const entry = table[name];
  if (entry === undefined) throw new Error(`Say what the parameter ${name} of ${where} could name`);
  return entry;
}
