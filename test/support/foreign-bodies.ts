import { randomUUID } from 'node:crypto';
import type { Belongings, Own } from './belongings.js';
import { conditions } from './foreign-conditions.js';
import { answeringMails, fileForm, FLOW } from './foreign-service.js';

/** What records of an object could point to. */
const POINTERS: Record<string, (ids: Belongings['ids']) => object[]> = {
  companyId: ({ company, contact }) => [{ companyId: company }, { companyId: contact }],
  parentId: ({ company, contact }) => [{ parentId: company }, { parentId: contact }],
  parentTeamId: ({ team, company, user }) => [
    { parentTeamId: team },
    { parentTeamId: company },
    { managerId: user },
  ],
  links: ({ contact, activity, user }) => [
    { links: [{ object: 'contact', recordId: contact }] },
    { links: [{ object: 'company', recordId: contact }] },
    { links: [{ object: 'activity', recordId: activity }] },
    { participants: [{ userId: user }] },
    { participants: [{ contactId: contact }] },
  ],
  requesterId: ({ contact, company, team, user, order, ticket }) => [
    { requesterId: contact },
    { companyId: company },
    { teamId: team },
    { followers: [{ userId: user }] },
    { links: [{ object: 'order', recordId: order }] },
    { links: [{ object: 'ticket', recordId: ticket }] },
  ],
  setTeamId: ({ team, user }) => [{ setTeamId: team }, { setOwnerId: user }],
  categoryParentId: ({ productCategory }) => [{ parentId: productCategory }],
  categoryId: ({ productCategory }) => [{ categoryId: productCategory }],
  quotaUserId: ({ user, team, contact }) => [
    ...[{ userId: user }, { teamId: team }, { userId: contact }],
  ],
  campaignSegment: ({ segment, contact, company, deal }) => [
    ...[{ segmentIds: [segment] }, { excludedSegmentIds: [contact] }],
    ...[company, deal].map((value) => ({ audienceWhere: { field: 'companyId', op: 'eq', value } })),
  ],
  dealContactId: ({ contact, company, pipeline, stage }) => [
    ...[{ contactId: contact }, { companyId: company }, { pipelineId: pipeline }],
    ...[{ stageId: stage }, { contacts: [{ contactId: contact }] }],
  ],
  contactId: ({ contact, company, product }) => [
    { contactId: contact },
    { companyId: company },
    { lines: [{ productId: product, quantity: '1' }] },
    { lines: [{ productId: product, name: 'Mine', quantity: '1', unitPrice: '1' }] },
  ],
};

const references = ({ ids, property, code }: Belongings, company: string): object[] => [
  ...(POINTERS[company]?.(ids) ?? []),
  { ownerId: ids.user },
  { custom: { [property]: code } },
  { custom: { friend: ids.contact } },
];

/** A's own value of each unique field. */
const namesOf = (email: string, domain: string, word: string): Record<string, string> => ({
  ...{ email, domain, name: `${word} team`, sku: `${word} sku`, code: `${word} code` },
  reference: `${word} order`,
});

export const keysOf = (
  { email, domain, externalId, property, code, word }: Belongings,
  unique: string,
) => [
  ...(unique === '' ? [] : [[unique, namesOf(email, domain, word)[unique] ?? '']]),
  ['externalIds.legacy', externalId],
  [`custom.${property}`, code],
];

/** What the bodies of an object are made of. */
const OBJECTS = {
  contacts: { of: 'contact', name: 'lastName', unique: 'email', parent: 'companyId' },
  companies: { of: 'company', name: 'name', unique: 'domain', parent: 'parentId' },
  leads: { of: 'lead', name: 'lastName', unique: '', parent: '' },
  teams: { of: 'team', name: 'name', unique: 'name', parent: 'parentTeamId' },
  activities: { of: 'activity', name: 'subject', unique: '', parent: 'links' },
  'product-categories': {
    of: 'productCategory',
    name: 'name',
    unique: 'code',
    parent: 'categoryParentId',
  },
  products: { of: 'product', name: 'name', unique: 'sku', parent: 'categoryId' },
  orders: { of: 'order', name: 'notes', unique: 'reference', parent: 'contactId' },
  // Ids of stages are the caller's own to choose: an id of another's is a new one here.
  pipelines: { of: 'pipeline', name: 'name', unique: 'name', parent: '' },
  deals: { of: 'deal', name: 'name', unique: '', parent: 'dealContactId' },
  quotas: { of: 'quota', name: 'amount', unique: '', parent: 'quotaUserId' },
  tickets: { of: 'ticket', name: 'subject', unique: '', parent: 'requesterId' },
  macros: { of: 'macro', name: 'name', unique: 'name', parent: 'setTeamId' },
  segments: { of: 'segment', name: 'name', unique: 'name', parent: '' },
  campaigns: { of: 'campaign', name: 'name', unique: '', parent: 'campaignSegment' },
} as const;

/** What a new record needs besides its name. */
const NEEDED: Partial<Record<keyof typeof OBJECTS, () => object>> = {
  products: () => ({ sku: `mine-${randomUUID()}` }),
  activities: () => ({ type: 'task' }),
  macros: () => ({ reply: 'Mine', name: `Mine ${randomUUID()}` }),
  segments: () => ({ name: `Mine ${randomUUID()}`, object: 'contacts', kind: 'static' }),
};

/** Conditions that lead over relations to what is another's. */
const acrossRelations = ({ ids, word, email, externalId }: Belongings): object[] => [
  { field: 'company.name', op: 'startsWith', value: word },
  { field: 'company.externalIds.legacy', op: 'eq', value: externalId },
  { related: 'orders', where: { field: 'reference', op: 'eq', value: `${word} order` } },
  { related: 'orders', where: { field: 'lines.productId', op: 'eq', value: ids.product } },
  { related: 'deals', where: { field: 'id', op: 'eq', value: ids.deal } },
  { related: 'activities', where: { field: 'tags', op: 'has', value: word } },
  { related: 'company.contacts', where: { field: 'email', op: 'eq', value: email } },
  { related: 'orders', sum: 'total', op: 'gte', value: '5.00' },
];

/** Bodies of what records share, for one object. */
function recordBodies(
  plural: keyof typeof OBJECTS,
): Record<string, (theirs: Belongings, own: Own) => unknown[]> {
  const { of, name, unique, parent: company } = OBJECTS[plural];
  const fresh = (extra: object): object => ({ [name]: 'Mine', ...NEEDED[plural]?.(), ...extra });
  return {
    [`POST /v1/${plural}`]: (theirs) => references(theirs, company).map(fresh),
    [`PATCH /v1/${plural}/{id}`]: (theirs) => references(theirs, company),
    [`PUT /v1/${plural}/by/{key}/{value}`]: (theirs) => [
      { [name]: 'Mine' },
      ...references(theirs, company).map(fresh),
    ],
    [`POST /v1/${plural}/{id}/merge`]: ({ ids }, own) => [
      { duplicateIds: [ids[of]] },
      { duplicateIds: [ids[of]], dryRun: true },
      { duplicateIds: [own[of]], prefer: { [name]: ids[of] } },
    ],
    [`POST /v1/${plural}/search`]: (theirs) => [
      ...[theirs.word, theirs.email, theirs.domain].map((query) => ({ query, count: 'exact' })),
      ...conditions(plural, theirs).map(([field, op, value]) => ({
        where: { field, op, value: op === 'in' ? value.split(',') : value },
        count: 'exact',
      })),
      ...theirs.cursors.map((cursor) => ({ cursor })),
    ],
    [`POST /v1/${plural}/batch`]: (theirs) => {
      const { ids } = theirs;
      const foreign = Object.values(ids).map((id) => ({ id }));
      const patches = references(theirs, company);
      return [
        { operation: 'get', records: foreign },
        { operation: 'update', records: foreign.map((item) => ({ ...item, [name]: 'Stolen' })) },
        { operation: 'delete', records: foreign },
        {
          operation: 'update',
          atomic: true,
          records: foreign.map((item) => ({ ...item, [name]: 'Stolen' })),
        },
        { operation: 'create', records: patches.map(fresh) },
        ...keysOf(theirs, unique).map(([key = '', value]) => ({
          operation: 'upsert',
          matchOn: key,
          records: [fresh(nested(key, value))],
        })),
      ];
    },
  };
}

/** Orders are not merged: each stands in the books. */
const withoutMerge = <T>(bodies: Record<string, T>): Record<string, T> =>
  Object.fromEntries(Object.entries(bodies).filter(([key]) => !key.endsWith('/merge')));

/** `externalIds.legacy` and a value as members of a body. */
function nested(key: string, value: unknown): object {
  const [first = '', second] = key.split('.');
  return { [first]: second === undefined ? value : { [second]: value } };
}

const leadForms = ({ ids, property }: Belongings): object[] =>
  [
    { fields: [{ name: 'email' }], ownerId: ids.user },
    { fields: [{ name: `custom.${property}` }] },
  ].map((settings) => ({ name: 'Mine', ...settings }));

const assignmentRules = ({ ids, property }: Belongings): object[] =>
  [
    { userIds: [ids.user] },
    { teamId: ids.team },
    { userIds: [ids.team], where: { field: `custom.${property}`, op: 'eq', value: 'Q-1' } },
  ].map((people) => ({ name: 'Mine', method: 'fixed', ...people }));

const slaPolicies = ({ ids, property }: Belongings): object[] => {
  const escalate = (...actions: object[]) => ({
    escalations: [{ when: 'breach', target: 'resolution', actions }],
  });
  return [
    escalate({ type: 'assign', userId: ids.user }),
    escalate({ type: 'assign', teamId: ids.team }),
    escalate({ type: 'notify', userIds: [ids.user] }),
    { where: { field: `custom.${property}`, op: 'eq', value: 'Q-1' } },
  ].map((more) => ({ name: 'Mine', targets: { normal: { resolutionMinutes: 60 } }, ...more }));
};
const WITHDRAWN = { purpose: 'marketing', channel: 'email', status: 'withdrawn' };

const csv = (...lines: string[]): string => lines.join('\n');

function importForms(theirs: Belongings): FormData[] {
  const { ids, email, domain, externalId, word } = theirs;
  const files: [object, string][] = [
    [{ object: 'contacts', matchOn: 'id' }, csv('id,lastName', `${ids.contact},Stolen`)],
    [
      { object: 'contacts', mode: 'update', matchOn: 'email' },
      csv('email,lastName', `${email},Stolen`),
    ],
    [
      { object: 'contacts', mode: 'update', matchOn: 'externalIds.legacy' },
      csv('externalIds.legacy,lastName', `${externalId},Stolen`),
    ],
    [{ object: 'contacts' }, csv('lastName,companyId', `Mine,${ids.company}`)],
    [{ object: 'contacts' }, csv('lastName,company', `Mine,${domain}`, `Mine,${word}`)],
    [{ object: 'contacts', ownerId: ids.user }, csv('lastName', 'Mine')],
  ];
  return files.map(([options, file]) => {
    const form = new FormData();
    form.append('options', JSON.stringify(options));
    form.append('file', new Blob([file]), 'people.csv');
    return form;
  });
}

/** Bodies by operation. An operation with a body needs an entry: what of another could it name? */
export const BODIES: Record<string, (theirs: Belongings, own: Own) => unknown[]> = {
  ...recordBodies('contacts'),
  ...recordBodies('companies'),
  ...recordBodies('teams'),
  ...recordBodies('activities'),
  'POST /v1/activities/{id}/complete': () => [{ result: 'Stolen' }],
  'POST /v1/activities/{id}/cancel': () => [{ reason: 'Stolen' }],
  ...recordBodies('leads'),
  'POST /v1/leads/{id}/assign': ({ ids }) => [{ ownerId: ids.user }, { rule: true }],
  'POST /v1/leads/{id}/disqualify': () => [{ reason: 'Stolen' }],
  'POST /v1/leads/{id}/convert': ({ ids, property }) => [
    { contact: { id: ids.contact }, dryRun: true },
    { contact: { id: ids.contact } },
    { company: { id: ids.company } },
    { contact: { fields: { companyId: ids.company } } },
    { company: { fields: { parentId: ids.company } } },
    { deal: { pipelineId: ids.pipeline } },
    { deal: { custom: { [property]: 'Q-1' } } },
    { ownerId: ids.user },
  ],
  'POST /v1/lead-forms': (theirs) => leadForms(theirs),
  'PATCH /v1/lead-forms/{id}': (theirs) => [{ name: 'Stolen' }, ...leadForms(theirs)],
  'POST /v1/sla-policies': (theirs) => slaPolicies(theirs),
  'PATCH /v1/sla-policies/{id}': (theirs) => [{ name: 'Stolen' }, ...slaPolicies(theirs)],
  'POST /v1/assignment-rules': (theirs) => assignmentRules(theirs),
  'PATCH /v1/assignment-rules/{id}': (theirs) => [{ name: 'Stolen' }, ...assignmentRules(theirs)],
  'POST /v1/consent-purposes': ({ property }) => [{ key: property, name: 'Mine' }],
  'PATCH /v1/consent-purposes/{id}': () => [{ name: 'Stolen' }],
  'POST /v1/contacts/{id}/consents': ({ property }) => [
    ...['marketing', property].map((purpose) => ({ ...WITHDRAWN, purpose })),
  ],
  'POST /v1/consents/batch': ({ ids, email, property }) => [
    { records: Object.values(ids).map((contactId) => ({ ...WITHDRAWN, contactId })) },
    { records: ['marketing', property].map((purpose) => ({ ...WITHDRAWN, purpose, email })) },
  ],
  'POST /v1/suppressions': ({ email }) => [{ entries: [{ channel: 'email', address: email }] }],
  'POST /v1/suppressions/check': ({ email }) => [
    { entries: [{ channel: 'email', address: email }] },
  ],
  ...recordBodies('product-categories'),
  ...recordBodies('products'),
  ...withoutMerge(recordBodies('orders')),
  ...withoutMerge(recordBodies('pipelines')),
  ...recordBodies('deals'),
  ...withoutMerge(recordBodies('quotas')),
  ...recordBodies('tickets'),
  'POST /v1/tickets/{id}/assign': ({ ids }) => [
    { ownerId: ids.user },
    { teamId: ids.team },
    { ownerId: ids.contact },
  ],
  'POST /v1/tickets/{id}/status': () => [{ status: 'solved' }],
  'POST /v1/tickets/{id}/messages': ({ ids }) => [
    { body: 'Mine', mentions: [ids.user] },
    { body: 'Mine', attachmentIds: [ids.attachment] },
    { body: 'Mine', direction: 'inbound', authorContactId: ids.contact },
  ],
  'POST /v1/tickets/{id}/split': ({ ids }) => [
    { messageIds: [ids.ticketMessage], subject: 'Stolen' },
  ],
  'POST /v1/tickets/{id}/attachments': () => [fileForm()],
  'POST /v1/tickets/{id}/apply-macro': ({ ids }) => [
    { macroId: ids.macro },
    { macroId: ids.ticket, reply: 'Mine' },
  ],
  ...withoutMerge(recordBodies('macros')),
  'POST /v1/macros/{id}/preview': ({ ids }) => [{ ticketId: ids.ticket }],
  'POST /v1/inbound/email': (theirs) => answeringMails(theirs),
  'PATCH /v1/mail-settings': () => [{ senderName: 'Mine' }],
  'PATCH /v1/survey-settings': () => [{ question: 'Mine?' }],
  'PUT /v1/ticket-statuses': () => [{ statuses: FLOW }],
  ...withoutMerge(recordBodies('segments')),
  ...withoutMerge(recordBodies('campaigns')),
  'POST /v1/campaigns/{id}/schedule': () => [{ sendAt: '2031-04-01T07:00:00.000Z' }],
  'POST /v1/campaigns/{id}/send': () => [{ reason: 'Mine' }],
  'POST /v1/campaigns/{id}/pause': () => [{ reason: 'Mine' }],
  'POST /v1/campaigns/{id}/resume': () => [{ reason: 'Mine' }],
  'POST /v1/campaigns/{id}/cancel': () => [{ reason: 'Mine' }],
  'POST /v1/campaigns/{id}/winner': ({ ids }) => [{ variantId: ids.campaign }],
  'POST /v1/campaigns/{id}/past-mails': ({ ids, email }) => [
    { mails: [{ email, sentAt: '2026-01-01T00:00:00.000Z' }] },
    {
      mails: [
        { email: 'a@x.example', sentAt: '2026-01-01T00:00:00.000Z', variantId: ids.campaign },
      ],
    },
  ],
  'POST /v1/campaigns/{id}/uncertain': () => [{ as: 'resend' }],
  'POST /v1/campaigns/{id}/preview': ({ ids }) => [
    { contactId: ids.contact },
    { contactId: ids.contact, variantId: ids.campaign },
  ],
  'POST /v1/campaigns/{id}/test': ({ ids, email }) => [
    { to: [email], contactId: ids.contact },
    { to: [email], variantId: ids.campaign },
  ],
  'POST /v1/campaigns/bounces': ({ ids }) => [
    { bounces: [{ messageId: `<${ids.campaign}@keel>`, type: 'permanent' }] },
  ],
  'POST /v1/segments/preview': (theirs) =>
    acrossRelations(theirs).map((where) => ({ object: 'contacts', where })),
  'POST /v1/segments/{id}/members': (theirs) => [
    { operation: 'add', ids: [theirs.ids.contact] },
    { operation: 'remove', ids: [theirs.ids.contact] },
    ...acrossRelations(theirs).map((where) => ({ operation: 'add', where })),
  ],
  'POST /v1/reports/query': (theirs) =>
    ['contacts', 'orders', 'deals'].flatMap((object) =>
      conditions(object, theirs).map(([field, op, value]) => ({
        object,
        measures: [{ measure: 'count' }],
        dimensions: [{ field: 'ownerId' }],
        where: { field, op, value: op === 'in' ? value.split(',') : value },
      })),
    ),
  'PUT /v1/exchange-rates': () => [
    { rates: [{ from: 'GBP', to: 'EUR', date: '2021-01-01', rate: '1.1' }] },
  ],
  'POST /v1/pipelines/{id}/stages/{stageId}/move-deals': ({ ids }) => [{ to: ids.stage }],
  'POST /v1/deals/{id}/move': ({ ids }) => [{ stageId: ids.stage }],
  'POST /v1/deals/{id}/win': () => [{ reason: 'Stolen' }],
  'POST /v1/deals/{id}/lose': () => [{ reason: 'Stolen' }],
  'POST /v1/deals/{id}/reopen': ({ ids }) => [{ stageId: ids.stage }],
  'POST /v1/products/{id}/stock': () => [{ change: '-1', reason: 'Stolen' }],
  'POST /v1/orders/{id}/confirm': () => [{ reason: 'Mine' }],
  'POST /v1/orders/{id}/fulfil': ({ ids }) => [
    {},
    { lines: [{ lineId: ids.product, quantity: '1' }] },
  ],
  'POST /v1/orders/{id}/close': () => [{}],
  'POST /v1/orders/{id}/cancel': () => [{ reason: 'Mine' }],
  'POST /v1/orders/{id}/reopen': () => [{ reason: 'Mine' }],
  'POST /v1/orders/{id}/returns': ({ ids }) => [
    { lines: [{ lineId: ids.product, quantity: '1' }], reason: 'Mine' },
  ],
  'POST /v1/orders/{id}/payments': () => [{ amount: '1' }],
  'POST /v1/orders/{id}/refunds': () => [{ amount: '1' }],
  'PUT /v1/teams/{id}/members/{userId}': () => [{ role: 'manager' }],
  'POST /v1/auth/login': ({ workspaceId }, { email, password }) => [
    { email, password, workspaceId },
  ],
  // These take secrets, which name no one: whoever has one is who it was given to.
  'POST /v1/auth/refresh': () => [{ refreshToken: 'made-up' }],
  'POST /v1/auth/accept-invitation': () => [{ token: 'made-up', password: 'a long enough one' }],
  'POST /v1/auth/forgot-password': ({ email }) => [{ email }],
  'POST /v1/auth/reset-password': () => [{ token: 'made-up', password: 'a long enough one' }],
  'POST /v1/auth/password': () => [{ currentPassword: 'wrong', newPassword: 'a long enough one' }],
  'POST /v1/auth/otp': () => [{ password: 'wrong' }],
  'POST /v1/auth/otp/confirm': () => [{ otp: '000000' }],
  'POST /v1/auth/otp/disable': () => [{ password: 'wrong' }],
  'POST /v1/api-keys': () => [{ name: 'Key', scopes: ['contact:read'] }],
  'POST /v1/workspaces': () => [{ name: 'More', owner: { email: 'more@x.example', name: 'More' } }],
  'PATCH /v1/workspaces/current': () => [{ name: 'Mine' }],
  'POST /v1/users': ({ role, ids }) =>
    [role, ids.role].map((name) => ({ email: 'new@x.example', name: 'New', roles: [name] })),
  'PATCH /v1/users/{id}': ({ role }) => [
    { name: 'Stolen' },
    { status: 'deactivated' },
    { roles: [role] },
  ],
  'POST /v1/users/{id}/deactivate': ({ ids }) => [{}, { handOverTo: ids.user }],
  'POST /v1/users/{id}/hand-over': ({ ids }, { user }) => [
    { to: ids.user },
    { to: ids.user, dryRun: true },
    { to: user, objects: ['contacts'] },
  ],
  'PUT /v1/users/{id}/out-of-office': ({ ids }) => [
    { until: '2099-01-01T00:00:00.000Z', standInId: ids.user },
  ],
  'POST /v1/roles': ({ property }) => [{ name: 'Role', permissions: [property] }],
  'PATCH /v1/roles/{id}': () => [{ name: 'Stolen' }, { permissions: ['*'] }],
  'POST /v1/properties/{object}': ({ property }) => [
    { name: property, label: 'Mine', type: 'text' },
  ],
  'PATCH /v1/properties/{object}/{name}': () => [{ label: 'Stolen' }],
  'POST /v1/imports': importForms,
  'POST /v1/imports/preview': importForms,
  'POST /v1/exports': (theirs) => [
    ...conditions('contacts', theirs).map(([field, op, value]) => ({
      object: 'contacts',
      format: 'ndjson',
      where: { field, op, value: op === 'in' ? value.split(',') : value },
    })),
    { object: 'contacts', format: 'csv', fields: [`custom.${theirs.property}`] },
  ],
};
