import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import type { StoredRole } from '../../platform/access/permissions.js';
import { Database, SYSTEM } from '../../platform/database/database.js';
import type { Statement } from '../../platform/database/pipeline.js';
import type { CalendarActivity } from './calendar-file.js';

/** Whose feed a secret opens, and what they may do now. */
export interface FeedOwner {
  workspaceId: string;
  userId: string;
  name: string;
  roles: StoredRole[];
}

const OWNER_SQL = `
  select f.workspace_id as "workspaceId", f.user_id as "userId", u.name,
    (select coalesce(jsonb_agg(jsonb_build_object('name', r.name, 'builtIn', r.built_in,
        'permissions', r.permissions)), '[]')
      from user_roles ur join roles r on r.workspace_id = ur.workspace_id and r.id = ur.role_id
      where ur.workspace_id = u.workspace_id and ur.user_id = u.id) as roles
  from calendar_feeds f
  join users u on u.workspace_id = f.workspace_id and u.id = f.user_id
  join accounts a on a.id = u.account_id
  where f.secret_hash = $1 and u.status = 'active' and a.disabled_at is null`;

/** Four ranges of the index `activity_agenda_day`. */
const activitiesSql = (own: boolean): string => `
  select r.id, r.type, r.subject, r.body, r.status, r.priority, r.location, r.all_day as "allDay",
    r.due_at as "dueAt", r.start_at as "startAt", r.end_at as "endAt",
    r.scheduled_at as "scheduledAt", r.recurrence, r.series_id as "seriesId",
    r.series_start_at as "seriesStartAt", r.time_zone as "timeZone", r.updated_at as "updatedAt"
  from (values (true, true), (true, false), (false, true), (false, false)) k (is_open, all_day)
  cross join lateral (
    select activity_id from activity_agenda g
    where g.workspace_id = $1 and g.user_id = $2 and g.is_open = k.is_open
      and g.all_day = k.all_day and g.begins_at >= $3 and g.begins_at < $4
      ${own ? 'and g.is_owner' : ''}
    order by g.begins_at limit $5) g
  join activities r on r.workspace_id = $1 and r.id = g.activity_id
  order by r.scheduled_at, r.id`;

/** Secret addresses of calendars, kept as hashes, and what such a calendar holds. */
@Injectable()
export class CalendarFeedsRepository {
  constructor(private readonly database: Database) {}

  /** Gives the caller a feed, in the place of the one there may be. */
  put(ctx: RequestContext, secretHash: string): Statement {
    return {
      text: `insert into calendar_feeds (workspace_id, user_id, secret_hash) values ($1, $2, $3)
        on conflict (workspace_id, user_id)
          do update set secret_hash = excluded.secret_hash, created_at = now()
        returning created_at as "createdAt"`,
      params: [ctx.workspaceId, ctx.principal.userId, secretHash],
    };
  }

  async find(ctx: RequestContext): Promise<{ createdAt: string } | null> {
    const [feed] = await this.database.query<{ createdAt: string }>(
      ctx,
      `select created_at as "createdAt" from calendar_feeds
       where workspace_id = $1 and user_id = $2`,
      [ctx.workspaceId, ctx.principal.userId],
    );
    return feed ?? null;
  }

  remove(ctx: RequestContext): Statement {
    return {
      text: 'delete from calendar_feeds where workspace_id = $1 and user_id = $2 returning user_id',
      params: [ctx.workspaceId, ctx.principal.userId],
    };
  }

  /** Null when no feed has the secret, or its user does not work here any more. */
  async ownerOf(secretHash: string): Promise<FeedOwner | null> {
    const [owner] = await this.database.query<FeedOwner>(SYSTEM, OWNER_SQL, [secretHash]);
    return owner ?? null;
  }

  /** @param reach `own`: none in which the user only takes part. */
  activities(
    { workspaceId, userId }: FeedOwner,
    reach: 'all' | 'own',
    window: { from: Date; to: Date; most: number },
  ): Promise<CalendarActivity[]> {
    const { from, to, most } = window;
    const params = [workspaceId, userId, from.toISOString(), to.toISOString(), most];
    return this.database.query({ workspaceId }, activitiesSql(reach === 'own'), params);
  }
}
