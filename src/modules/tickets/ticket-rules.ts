import type { RequestContext } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import type { Statement } from '../../platform/database/pipeline.js';
import { checkLinkUses } from '../../platform/records/linked-records.js';
import type { LinkUse } from '../../platform/records/linked-records.js';
import { itemsOf, storedItems } from '../../platform/records/list-items.js';
import type { RecordKit } from '../../platform/records/record-kit.js';
import type { RecordRow } from '../../platform/records/record-row.js';
import { refuse } from '../../platform/records/record-rules.js';
import type { Draft, Merging, RecordRules } from '../../platform/records/record-rules.js';
import { settleRating } from './past-rating.js';
import { isOpenCategory } from './ticket-flow.js';
import type { StatusCategory, TicketFlow, TicketStatus } from './ticket-flow.js';
import type { Follower, TicketLink } from './ticket-lists.dto.js';
import type { TicketListeners } from './ticket-listeners.js';
import { drawNumbers, giveCompanies, readFlow } from './ticket-questions.js';

/** What holds for every ticket, whichever way it is written. */
export function ticketRules(kit: RecordKit, listeners: TicketListeners): RecordRules {
  return {
    async prepare(db, ctx, drafts) {
      for (const draft of drafts) tidyLists(draft);
      await checkLinkUses(kit, db, ctx, drafts.flatMap(newLinks));
      const flow = drafts.some(needsFlow) ? await readFlow(db, ctx) : null;
      for (const draft of drafts) {
        leaveUnassigned(ctx, draft);
        if (flow && needsFlow(draft)) settleStatus(draft, flow);
        if (draft.before === null) settleRating(draft);
      }
      const sound = drafts.filter(({ errors }) => errors.length === 0);
      await giveCompanies(db, ctx, sound);
      if (db.dryRun) return;
      // Last: a ticket that is refused must not take a number.
      const fresh = sound.filter(({ before, errors }) => before === null && errors.length === 0);
      await drawNumbers(db, ctx, fresh);
    },
    follow: (db, ctx, drafts) => listeners.follow(db, ctx, drafts),
    sides: (ctx, rows) => listeners.sides(ctx, rows),
    merging(ctx, merge) {
      gather(merge);
      return moveConversations(ctx, merge);
    },
  };
}

/** Each follower and each link counts once. */
function tidyLists({ before, after: { values } }: Draft): void {
  const once = (column: string, keyOf: (item: never) => string): void => {
    if (before !== null && before.values[column] === values[column]) return;
    const items = itemsOf(values[column]);
    const seen = new Set<string>();
    const single = items.filter((item) => {
      const key = keyOf(item as never);
      return !seen.has(key) && seen.add(key);
    });
    if (single.length < items.length) values[column] = storedItems(single);
  };
  once('followers', ({ userId }: Follower) => userId);
  once('links', linkKey);
}

const linkKey = ({ object, recordId }: TicketLink): string => `${object}/${recordId}`;

/** Links that a draft names and its ticket does not have yet; a ticket is not linked to itself. */
function newLinks(draft: Draft): LinkUse[] {
  const { before, after } = draft;
  const stored = before?.values['links'];
  if (stored === after.values['links']) return [];
  const known = new Set(itemsOf<TicketLink>(stored).map(linkKey));
  return itemsOf<TicketLink>(after.values['links']).flatMap((link, index) => {
    const at = `/links/${index}/recordId`;
    if (link.recordId === after.id) {
      const detail = 'is the ticket itself';
      draft.errors.push({ pointer: draft.pointer + at, code: 'self', detail });
      return [];
    }
    return known.has(linkKey(link)) ? [] : [{ draft, ...link, at }];
  });
}

/** A new ticket is nobody's until somebody takes it, unless its maker may see only their own. */
function leaveUnassigned(ctx: RequestContext, { before, after, ownerIsDefault }: Draft): void {
  if (before !== null || !ownerIsDefault) return;
  const isLimited = ['ticket:create', 'ticket:read'].some((name) => ctx.grants.get(name) === 'own');
  if (!isLimited) after.ownerId = null;
}

const LIFE = ['status', 'status_category', 'is_open'] as const;

const isTakenUp = ({ before, after }: Draft): boolean =>
  before !== null && after.ownerId !== null && after.ownerId !== before.ownerId;

/** Whether the flow has a say in what is written. */
function needsFlow(draft: Draft): boolean {
  const { before, after } = draft;
  if (before === null) return true;
  if (LIFE.some((column) => before.values[column] !== after.values[column])) return true;
  return isTakenUp(draft) && after.values['status_category'] === 'new';
}

/** Finds the status that is meant and, where the flow allows it, what follows from it. */
function settleStatus(draft: Draft, flow: TicketFlow): void {
  const { before, after, isContinued } = draft;
  const status = statusMeant(draft, flow);
  if (!status) return;
  after.values['status'] = status.key;
  const from = before?.values['status'];
  if (before !== null && !isContinued && !flow.isAllowed(from, status.key)) {
    refuse(draft, '/status', illegalMove(flow, String(from), status.key));
    return;
  }
  keepTimes(draft, status);
}

function statusMeant(draft: Draft, flow: TicketFlow): TicketStatus | undefined {
  const { before, after, errors, pointer } = draft;
  const given = after.values['status'];
  if (before === null && given === null) return flow.initial;
  const found = given === null ? undefined : flow.named(given);
  if (!found) {
    const keys = flow.statuses.map(({ key }) => key).join(', ');
    errors.push({ pointer: `${pointer}/status`, code: 'isIn', detail: `must be one of ${keys}` });
    return undefined;
  }
  const isNew = found.category === 'new' && found.key === before?.values['status'];
  // What somebody has taken up is new no more.
  return isNew && isTakenUp(draft) ? (flow.towards('open', found.key) ?? found) : found;
}

/** 409 that names the statuses that may follow. */
export function illegalMove(flow: TicketFlow, from: string, to: string): Problem {
  const allowed = flow.allowed(from);
  const may = allowed.length > 0 ? `It may become: ${allowed.join(', ')}.` : 'It stays so.';
  const detail = `A ticket that is ${from} cannot become ${to}. ${may}`;
  return new Problem('conflict', detail, { extra: { currentStatus: from, allowed } });
}

/** Since when a new ticket has its status: a file may say what happened before. */
function sinceOf({ values, createdAt }: RecordRow, isOpen: boolean): string {
  const past = isOpen ? createdAt : (values['closed_at'] ?? values['solved_at']);
  return typeof past === 'string' ? past : new Date().toISOString();
}

function keepTimes({ before, after }: Draft, { key, category }: TicketStatus): void {
  const { values } = after;
  const isOpen = isOpenCategory(category);
  values['status_category'] = category satisfies StatusCategory;
  values['is_open'] = isOpen;
  if (before !== null && before.values['status'] === key) return;
  const since = before === null ? sinceOf(after, isOpen) : new Date().toISOString();
  values['status_changed_at'] = since;
  values['solved_at'] = isOpen ? null : (values['solved_at'] ?? since);
  values['closed_at'] = category === 'closed' ? (values['closed_at'] ?? since) : null;
  const isReopened = before !== null && before.values['is_open'] === false && isOpen;
  if (isReopened) values['reopened_count'] = Number(before.values['reopened_count']) + 1;
}

/** What the survivor's own life says stays, whatever happened to the others. */
const OWN = [...LIFE, 'status_changed_at', 'solved_at', 'closed_at', 'reopened_count'];

/** Gives the survivor everybody's followers and links, and the latest of the messages' times. */
function gather({ survivor, merged, losers, prefer }: Merging): void {
  const { values } = merged;
  for (const column of OWN) {
    if (column !== 'status' || prefer['status'] === undefined) {
      values[column] = survivor.values[column] ?? null;
    }
  }
  const gone = new Set([survivor.id, ...losers.map(({ id }) => id)]);
  const everybody = [survivor, ...losers];
  for (const column of ['followers', 'links']) {
    const items = everybody.flatMap((row) => itemsOf(row.values[column]));
    values[column] = storedItems(items.filter((item) => !gone.has(String(item['recordId']))));
  }
  for (const column of ['last_customer_message_at', 'last_agent_message_at']) {
    const times = everybody.map((row) => row.values[column]).filter((time) => time !== null);
    values[column] = times.map(String).sort().at(-1) ?? null;
  }
}

/** Lets what was said about the others, and their files, be the survivor's. */
function moveConversations({ workspaceId }: RequestContext, merge: Merging): Statement[] {
  const params = [workspaceId, merge.survivor.id, merge.losers.map(({ id }) => id)];
  return ['ticket_messages', 'ticket_attachments'].map((table) => ({
    text: `update ${table} set ticket_id = $2 where workspace_id = $1
      and ticket_id = any($3::uuid[])`,
    params,
  }));
}
