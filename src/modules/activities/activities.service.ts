import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { RecordJson } from '../../platform/http/answers.js';
import { defineObject } from '../../platform/records/object-definition.js';
import type { ObjectDefinition } from '../../platform/records/object-definition.js';
import { RecordKit } from '../../platform/records/record-kit.js';
import type { RecordRow } from '../../platform/records/record-row.js';
import { RecordService } from '../../platform/records/record-service.js';
import { WorkloadSources } from '../../platform/records/workload-sources.js';
import { ActivityFields } from './activity.dto.js';
import type { ActivityStatus } from './activity.dto.js';
import { activityRules } from './activity-rules.js';
import { nextTime, timestamp } from './activity-times.js';
import { valuesOfNext } from './next-activity.js';

/** What the platform needs to know of activities; `kit` tells which objects can be linked. */
export const activityObject = (kit: RecordKit): ObjectDefinition =>
  defineObject({
    object: 'activity',
    plural: 'activities',
    table: 'activities',
    fields: ActivityFields,
    title: ({ subject }) => String(subject ?? ''),
    subtitle: ({ type, location }) => [type, location].filter(Boolean).join(' · '),
    links: [],
    duplicateKeys: [],
    ...activityRules(kit),
    actions: {
      completed: 'An activity was done; `changes.nextId` names the one that follows in its series.',
      reopened: 'An activity is to be done again.',
      cancelled: 'An activity will not be done.',
      reminder: 'The time of a reminder has come; `changes` says of what and for whom.',
    },
  });

/** Open activities by owner; those of whole days are late from the next day on. */
const WORKLOAD_SQL = `
  select user_id as "userId", count(*) as open,
    count(*) filter (where ends_at < case when all_day
      then date_trunc('day', $3::timestamptz, 'UTC') else $3::timestamptz end) as overdue
  from activity_agenda
  where workspace_id = $1 and user_id = any($2::uuid[]) and is_open = true and is_owner
  group by user_id`;

/** What may be done with an activity of a status. */
const ALLOWED: Record<ActivityStatus, readonly string[]> = {
  open: ['complete', 'cancel'],
  done: ['reopen'],
  cancelled: ['reopen'],
};

/** Tasks, calls, meetings, notes and e-mails. */
@Injectable()
export class ActivitiesService extends RecordService {
  readonly definition: ObjectDefinition;

  constructor(kit: RecordKit, workload: WorkloadSources) {
    const definition = activityObject(kit);
    super(kit, definition);
    this.definition = definition;
    workload.register({ object: definition.plural, sql: WORKLOAD_SQL });
  }

  /**
   * Says that it is done, and makes the next one of its series, both or neither.
   * @param result what came of it; undefined leaves what is there.
   * @throws Problem 404, 403, 412, and 409 for one that is not open.
   */
  complete(
    ctx: RequestContext,
    id: string,
    { result, ifMatch }: { result?: string; ifMatch?: number },
  ): Promise<RecordJson> {
    return this.actor.act(ctx, id, { name: 'completed', ifMatch }, async (row, tx) => {
      assertAllowed(row, 'complete');
      const now = Date.now();
      // One that was reopened has its successor already.
      const nextId = row.values['next_id'] ?? (await this.goOn({ ...ctx, tx }, row, now));
      return {
        values: {
          status: 'done',
          status_changed_at: timestamp(now),
          completed_at: timestamp(now),
          completed_by: ctx.principal.userId,
          next_id: nextId,
          ...(result === undefined ? {} : { result: result.trim() || null }),
        },
      };
    });
  }

  /** Makes it open again; what followed in its series stays. @throws as {@link complete}. */
  reopen(ctx: RequestContext, id: string, ifMatch?: number): Promise<RecordJson> {
    return this.actor.act(ctx, id, { name: 'reopened', ifMatch }, (row) => {
      assertAllowed(row, 'reopen');
      const status_changed_at = timestamp(Date.now());
      return {
        values: { status: 'open', status_changed_at, completed_at: null, completed_by: null },
      };
    });
  }

  /** Calls it off; a series ends with it. @throws as {@link complete}. */
  cancel(
    ctx: RequestContext,
    id: string,
    { reason, ifMatch }: { reason?: string; ifMatch?: number },
  ): Promise<RecordJson> {
    const facts = reason === undefined ? {} : { reason };
    return this.actor.act(ctx, id, { name: 'cancelled', ifMatch, facts }, (row) => {
      assertAllowed(row, 'cancel');
      return { values: { status: 'cancelled', status_changed_at: timestamp(Date.now()) } };
    });
  }

  /** Makes the activity that follows in the series. @returns its id, null at the end of it. */
  private async goOn(
    ctx: RequestContext & { tx: Transaction },
    row: RecordRow,
    now: number,
  ): Promise<string | null> {
    const time = nextTime(row.values, now);
    if (time === null) return null;
    const { type, subject } = row.values;
    const body = { type, subject, tags: row.tags, custom: row.custom };
    const given = { values: valuesOfNext(row, time), ownerId: row.ownerId };
    return (await this.creator.one(ctx, body, given)).id;
  }
}

function assertAllowed({ values }: RecordRow, deed: string): void {
  const status = values['status'] as ActivityStatus;
  const allowed = ALLOWED[status];
  if (allowed.includes(deed)) return;
  const detail = `The activity is ${status}: it can only ${allowed.join(' or ')}.`;
  throw new Problem('conflict', detail, { extra: { currentStatus: status, allowed } });
}
