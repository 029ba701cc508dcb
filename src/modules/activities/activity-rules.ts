import type { RequestContext } from '../../common/context.js';
import { uuidv7 } from '../../common/uuid.js';
import { checkLinkUses } from '../../platform/records/linked-records.js';
import type { LinkUse } from '../../platform/records/linked-records.js';
import { itemsOf, storedItems } from '../../platform/records/list-items.js';
import type { RecordKit } from '../../platform/records/record-kit.js';
import type { Draft, Questions, RecordRules } from '../../platform/records/record-rules.js';
import type { ActivityLink, Participant } from './activity-lists.dto.js';
import { deriveSeries, deriveTimes, instant, timestamp } from './activity-times.js';

/** What holds for every activity, whichever way it is written. */
export function activityRules(kit: RecordKit): RecordRules {
  return {
    async prepare(db, ctx, drafts) {
      await checkLinkUses(kit, db, ctx, drafts.flatMap(newUses));
      await giveZones(db, ctx, drafts);
      for (const draft of drafts) settleStatus(ctx, draft);
    },
    derive(draft) {
      linkParticipants(draft);
      deriveTimes(draft);
      dateCompletion(draft);
      if (draft.errors.length === 0) deriveSeries(draft);
    },
  };
}

/** What goes on a series takes over what it points to as it is: nobody has named it now. */
const isContinuation = ({ before, after }: Draft): boolean =>
  before === null && after.values['series_id'] !== null;

const keyOf = ({ object, recordId }: ActivityLink): string => `${object}/${recordId}`;

/** Links and contacts that a draft names and its record does not have yet. */
function newUses(draft: Draft): LinkUse[] {
  if (isContinuation(draft)) return [];
  const known = new Set(usesOf(draft, draft.before?.values ?? {}).map(keyOf));
  return usesOf(draft, draft.after.values).filter((use) => !known.has(keyOf(use)));
}

function usesOf(draft: Draft, values: Draft['after']['values']): LinkUse[] {
  const links = itemsOf<ActivityLink>(values['links']).map(({ object, recordId }, index) => {
    return { draft, object, recordId, at: `/links/${index}/recordId` };
  });
  const contacts = itemsOf<Participant>(values['participants']).flatMap(({ contactId }, index) => {
    if (contactId === null) return [];
    const at = `/participants/${index}/contactId`;
    return [{ draft, object: 'contact', recordId: contactId, at }];
  });
  return [...links, ...contacts];
}

/** A recurrence follows the clock of whoever makes it, unless another is named. */
async function giveZones(
  db: Questions,
  ctx: RequestContext,
  drafts: readonly Draft[],
): Promise<void> {
  const zoneless = drafts.filter(
    ({ after: { values } }) => values['recurrence'] !== null && values['time_zone'] === null,
  );
  if (zoneless.length === 0) return;
  const [result] = await db.run([
    {
      text: `select coalesce(
          (select time_zone from users where workspace_id = $1 and id = $2),
          (select time_zone from workspaces where id = $1), 'UTC') as zone`,
      params: [ctx.workspaceId, ctx.principal.userId],
    },
  ]);
  const zone = (result?.rows[0]?.['zone'] ?? 'UTC') as string;
  for (const { after } of zoneless) after.values['time_zone'] = zone;
}

const STATUS_DETAIL =
  'is changed by POST /v1/activities/{id}/complete, /reopen and /cancel once the activity is there';

/** A new activity may be done already; afterwards only deeds change that, which note when. */
function settleStatus(ctx: RequestContext, { before, after, errors, pointer }: Draft): void {
  const { values } = after;
  if (before === null) {
    if (values['type'] === 'note') values['status'] = 'done';
    values['status_changed_at'] = timestamp(Date.now());
    if (values['status'] === 'done') values['completed_by'] = ctx.principal.userId;
    return;
  }
  const isDeed = before.values['status_changed_at'] !== values['status_changed_at'];
  if (values['status'] === before.values['status'] || isDeed) return;
  errors.push({ pointer: `${pointer}/status`, code: 'deed', detail: STATUS_DETAIL });
}

/** What is entered as done was done when it took place. */
function dateCompletion({ before, after: { values } }: Draft): void {
  if (before !== null || values['status'] !== 'done') return;
  const happened = ['end_at', 'start_at', 'due_at'].map((name) => instant(values[name]));
  const now = Date.now();
  const time = happened.find((value) => value !== null) ?? now;
  values['completed_at'] = timestamp(Math.min(time, now));
}

/** Each participant can be found, contacts among them are linked, and no link stands there twice. */
function linkParticipants({ before, after, errors, pointer }: Draft): void {
  const stored = itemsOf<ActivityLink>(before?.values['links']);
  const ids = new Map(stored.map((link) => [keyOf(link), link.id]));
  const links = itemsOf<ActivityLink>(after.values['links']);
  for (const [index, participant] of itemsOf<Participant>(after.values['participants']).entries()) {
    const { userId, contactId, email } = participant;
    if (contactId !== null) {
      const link = { object: 'contact', recordId: contactId };
      links.push({ id: ids.get(keyOf(link)) ?? uuidv7(), ...link });
    }
    if (userId !== null || contactId !== null || email !== null) continue;
    const detail = 'needs a userId, a contactId or an email';
    errors.push({ pointer: `${pointer}/participants/${index}`, code: 'incomplete', detail });
  }
  const seen = new Set<string>();
  const single = links.filter((link) => !seen.has(keyOf(link)) && seen.add(keyOf(link)));
  if (single.length !== itemsOf(after.values['links']).length) {
    after.values['links'] = storedItems(single);
  }
}
