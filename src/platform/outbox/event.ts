import type { RequestContext } from '../../common/context.js';
import { isUuid, uuidv7 } from '../../common/uuid.js';
import { isAuditOnly } from './event-types.js';
import type { EventType } from './event-types.js';

/** Values of properties before and after a change. */
export type Changes = Record<string, unknown>;

/** One row of the change log, before the database gives it its place in the order. */
export interface EventInput {
  workspaceId: string;
  id: string;
  type: EventType;
  /** Plural name of the object (`contacts`), or the area of an audit entry (`auth`). */
  object: string;
  actorType: string;
  actorId: string | null;
  actorUserId: string | null;
  requestId: string | null;
  ip: string | null;
  /** What caused a bulk write, such as `import:<id>`; null for plain requests. */
  source: string | null;
  feed: boolean;
  recordId: string | null;
  recordIds: string[] | null;
  changes: Changes | null;
}

/** What happened; who did it comes from the request context. */
export interface EventFacts {
  type: EventType;
  object: string;
  /** The record, for a write of one. */
  recordId?: string;
  /** The records, 1 to 1,000, for a bulk write; their changes go to {@link recordEventRecords}. */
  recordIds?: string[];
  /** `{ property: [old, new] }`, or further facts of an audit entry; never secrets. */
  changes?: Changes;
  source?: string;
  /** Whether the feed shows it; by default all but audit entries. */
  feed?: boolean;
}

/** Most records one event may name. */
export const MAX_EVENT_RECORDS = 1000;

/** The event of something the caller of `ctx` did. */
export function eventOf(ctx: RequestContext, facts: EventFacts): EventInput {
  const { principal } = ctx;
  return {
    workspaceId: ctx.workspaceId,
    id: uuidv7(),
    type: facts.type,
    object: facts.object,
    actorType: principal.type,
    // Keel's own principals may be named rather than numbered.
    actorId: isUuid(principal.id) ? principal.id : null,
    actorUserId: principal.userId,
    requestId: ctx.requestId,
    ip: ctx.ip,
    source: facts.source ?? null,
    feed: facts.feed ?? !isAuditOnly(facts.type),
    recordId: facts.recordId ?? null,
    recordIds: facts.recordIds ?? null,
    changes: facts.changes ?? null,
  };
}
