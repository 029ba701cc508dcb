import { Injectable, Logger } from '@nestjs/common';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import { BackgroundLoop } from '../../common/background-loop.js';
import type { RequestContext } from '../../common/context.js';
import { Database, SYSTEM } from '../../platform/database/database.js';
import { eventOf } from '../../platform/outbox/event.js';
import { recordEvents } from '../../platform/outbox/record-events.js';

/** Reminders that one transaction fires. */
const BATCH = 500;

const DUE_SQL = `
  select distinct d.workspace_id as "workspaceId" from (
    select workspace_id from activity_reminders where remind_at <= now()
    order by remind_at limit ${BATCH}) d`;

/** What another worker holds is left to it; were it to die, its transaction never was. */
const TAKE_SQL = `
  with due as materialized (
    select activity_id from activity_reminders where workspace_id = $1 and remind_at <= now()
    order by remind_at limit ${BATCH} for update skip locked),
  taken as (
    delete from activity_reminders r using due
    where r.workspace_id = $1 and r.activity_id = due.activity_id
    returning r.activity_id, r.remind_at)
  select a.id, a.type, a.subject, a.owner_id as "ownerId", a.scheduled_at as "scheduledAt",
    t.remind_at as "reminderAt"
  from taken t join activities a on a.workspace_id = $1 and a.id = t.activity_id
  order by t.remind_at, a.id`;

interface Reminder extends Record<string, unknown> {
  id: string;
}

/**
 * Fires reminders when their time has come: `activity.reminder` in the change log. A reminder is a
 * row that is taken away in the transaction that writes the event, so it fires once, whoever dies;
 * and as rows are looked for by their time, it fires after any pause, too.
 */
@Injectable()
export class ActivityReminders implements BeforeApplicationShutdown {
  private readonly logger = new Logger('reminders');
  private readonly loop = new BackgroundLoop(() => this.remind(), {
    shortest: 250,
    longest: 1000,
    onError: (error) => this.logger.warn({ error }, 'Reminders could not be fired; will retry'),
  });

  constructor(private readonly database: Database) {}

  /** Looks for reminders all the time. Any number of workers may. */
  start(): void {
    this.loop.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.loop.stop();
  }

  /** Fires what is due; true when there may be more. */
  async remind(): Promise<boolean> {
    const workspaces = await this.database.query<{ workspaceId: string }>(SYSTEM, DUE_SQL);
    let more = false;
    for (const { workspaceId } of workspaces) more = (await this.fire(workspaceId)) || more;
    return more;
  }

  private async fire(workspaceId: string): Promise<boolean> {
    return this.database.transaction({ workspaceId }, async (tx) => {
      const reminders = await tx.query<Reminder>(TAKE_SQL, [workspaceId]);
      if (reminders.length === 0) return false;
      const ctx = contextOf(workspaceId);
      const events = reminders.map(({ id, ...changes }) =>
        eventOf(ctx, {
          type: 'activity.reminder',
          object: 'activities',
          recordId: id,
          changes,
        }),
      );
      await tx.run([recordEvents(events)]);
      return reminders.length === BATCH;
    });
  }
}

function contextOf(workspaceId: string): RequestContext {
  return {
    workspaceId,
    principal: { type: 'system', id: 'reminders', userId: null },
    grants: new Map(),
    ...{ accessKey: '', requestId: 'reminders', ip: null },
  };
}
