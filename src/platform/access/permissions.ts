import type { Grants, Reach } from '../../common/context.js';
import type { FieldError } from '../../common/errors.js';

/** Objects whose records share the same verbs; each gives the permissions of `RECORD_ACTIONS`. */
export const RECORD_OBJECTS = [
  'company',
  'contact',
  'lead',
  'team',
  'productCategory',
  'product',
  'order',
  'pipeline',
  'deal',
  'activity',
  'quota',
  'segment',
  'ticket',
  'macro',
  'campaign',
] as const;
export type RecordObject = (typeof RECORD_OBJECTS)[number];

const RECORD_ACTIONS = ['read', 'create', 'update', 'delete', 'purge'] as const;
export type RecordAction = (typeof RECORD_ACTIONS)[number];

/** What is done to orders and stock besides changing fields. */
const SELLING = [
  'order:confirm',
  'order:fulfil',
  'order:close',
  'order:cancel',
  'order:reopen',
  'order:return',
  'order:pay',
  'order:refund',
  'product:adjustStock',
] as const;

/** What is done to tickets besides changing fields. */
const SERVING = ['ticket:reply', 'ticket:take', 'ticket:assign'] as const;

const OTHER_PERMISSIONS = [
  'inboundEmail:receive',
  'inboundEmail:read',
  'inboundEmail:manage',
  'survey:read',
  'survey:manage',
  'leadForm:read',
  'leadForm:manage',
  'assignmentRule:read',
  'assignmentRule:manage',
  'slaPolicy:read',
  'slaPolicy:manage',
  'consentPurpose:read',
  'consentPurpose:manage',
  'suppression:read',
  'suppression:manage',
  ...SELLING,
  ...SERVING,
  'ticketStatus:manage',
  'campaign:send',
  'exchangeRate:read',
  'exchangeRate:manage',
  'property:read',
  'property:manage',
  'import:run',
  'import:read',
  'export:run',
  'event:read',
  'audit:read',
  'user:read',
  'user:manage',
  'role:read',
  'role:manage',
  'apiKey:manage',
  'workspace:read',
  'workspace:manage',
  'admin:monitor',
  'admin:workspaces',
] as const;

export type Permission =
  | `${RecordObject}:${RecordAction}`
  | (typeof OTHER_PERMISSIONS)[number]
  /** Any signed-in caller. */
  | 'self';

/** Who has it decides what others may do, and may say what happened before: others could make it up. */
export const PAST_PERMISSION: Permission = 'role:manage';

/** Every permission there is; the documentation of roles and scopes is made from it. */
export const PERMISSIONS: readonly Permission[] = [
  ...RECORD_OBJECTS.flatMap((object) =>
    RECORD_ACTIONS.map((action): Permission => `${object}:${action}`),
  ),
  ...OTHER_PERMISSIONS,
];

/** Permissions that only platform administrators hold, whatever their role says. */
export const PLATFORM_PERMISSIONS: readonly Permission[] = ['admin:monitor', 'admin:workspaces'];

/**
 * Reads the grants of a role or key: `contact:read`, `contact:*`, `*:read`, `*`, each optionally
 * with `:own`, which limits them to records the user owns (records alone have owners). The widest
 * reach wins. One verb of all objects leaves out what has to be named: the audit trail, and
 * changing teams.
 */
export function parseGrants(entries: readonly string[]): Map<Permission, Reach> {
  const grants = new Map<Permission, Reach>();
  for (const entry of entries) {
    const own = entry.endsWith(':own');
    const pattern = own ? entry.slice(0, -4) : entry;
    for (const permission of PERMISSIONS) {
      if (!covers(pattern, permission) || PLATFORM_PERMISSIONS.includes(permission)) continue;
      if (own && !isOfRecords(permission)) continue;
      if (!own || !grants.has(permission)) grants.set(permission, own ? 'own' : 'all');
    }
  }
  return grants;
}

/** Records have owners; `user:manage:own` would mean nothing and be taken for all. */
function isOfRecords(permission: Permission): boolean {
  const [object] = permission.split(':');
  return RECORD_OBJECTS.some((record) => record === object);
}

function covers(pattern: string, permission: Permission): boolean {
  if (pattern === '*' || pattern === permission) return true;
  const [object, action] = permission.split(':') as [string, string];
  return pattern === `${object}:*` || (pattern === `*:${action}` && !isNamed(object, action));
}

/** Teams and how selling is organised belong to who sets things up, although they are records. */
const SET_UP = new Set(['team', 'pipeline', 'quota', 'macro']);

const isNamed = (object: string, action: string): boolean =>
  object === 'audit' || (SET_UP.has(object) && action !== 'read');

/** True when an entry of a role or key grants at least one permission. */
export function isGrant(entry: string): boolean {
  return parseGrants([entry]).size > 0;
}

/** Faults of a role's entries: those that grant nothing. `pointer` leads to the list. */
export function unknownGrants(
  entries: readonly string[],
  pointer: string,
  also: readonly string[] = [],
): FieldError[] {
  const detail = 'is not a permission; GET /v1/permissions lists them';
  return entries.flatMap((entry, index) =>
    isGrant(entry) || also.includes(entry)
      ? []
      : [{ pointer: `${pointer}/${index}`, code: 'unknownPermission', detail }],
  );
}

/**
 * What the scopes of a key ask for. Permissions of platform administrators have to be named one by
 * one: `*` does not mean them.
 */
export function scopeGrants(scopes: readonly string[]): Map<string, Reach> {
  const grants = new Map<string, Reach>(parseGrants(scopes));
  for (const permission of PLATFORM_PERMISSIONS) {
    if (scopes.includes(permission)) grants.set(permission, 'all');
  }
  return grants;
}

/** What both sides allow: a key may do no more than its scopes and its user's role. */
export function intersectGrants(left: Grants, right: Grants): Map<string, Reach> {
  const both = new Map<string, Reach>();
  for (const [permission, reach] of left) {
    const other = right.get(permission);
    if (other) both.set(permission, reach === 'own' || other === 'own' ? 'own' : 'all');
  }
  return both;
}

const OBJECTS_BELOW_WORKSPACE = [
  ...new Set(PERMISSIONS.map((permission) => permission.split(':')[0] as string)),
].filter((object) => object !== 'workspace' && object !== 'admin');

const RECORDS_OWN = ['*:create', '*:update:own', '*:delete:own'];
/** Money going out and corrected stock are for managers. */
const SELLS_OWN = ['confirm', 'fulfil', 'close', 'cancel', 'return', 'pay'].map(
  (action) => `order:${action}:own`,
);

/** Whoever serves customers may answer any of them, and take up what nobody has. */
const SERVES = ['ticket:reply', 'ticket:take'];

/** The roles each workspace begins with, by name. Workspaces keep only that they have them. */
export const BUILT_IN_ROLES: Record<string, { description: string; permissions: string[] }> = {
  owner: { description: 'Everything, including the workspace itself', permissions: ['*'] },
  admin: {
    description: 'Everything but the settings of the workspace itself',
    permissions: [...OBJECTS_BELOW_WORKSPACE.map((object) => `${object}:*`), 'workspace:read'],
  },
  manager: {
    description: 'All records, imports and exports; no users, roles or settings',
    permissions: [
      '*:read',
      '*:create',
      '*:update',
      '*:delete',
      'import:*',
      'export:*',
      'property:manage',
      'leadForm:manage',
      'inboundEmail:manage',
      'survey:manage',
      'assignmentRule:manage',
      'slaPolicy:manage',
      'consentPurpose:manage',
      'suppression:manage',
      ...SELLING,
      ...SERVING,
      'macro:*',
      'campaign:send',
      'pipeline:*',
      'quota:*',
      'exchangeRate:manage',
    ],
  },
  member: {
    description: 'Reads all records, changes their own',
    permissions: ['*:read', ...RECORDS_OWN, ...SELLS_OWN, ...SERVES, 'import:*', 'export:*'],
  },
  viewer: { description: 'Reads all records', permissions: ['*:read'] },
};

/** A role as the database keeps it. */
export interface StoredRole {
  name: string;
  builtIn: boolean;
  permissions: readonly string[];
}

/** What a role grants; a built-in one whatever this version of Keel says. */
export function permissionsOfRole(role: StoredRole): readonly string[] {
  return role.builtIn ? (BUILT_IN_ROLES[role.name]?.permissions ?? []) : role.permissions;
}
