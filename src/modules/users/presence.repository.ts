import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { Database } from '../../platform/database/database.js';
import type { Statement } from '../../platform/database/pipeline.js';
import type { Presence } from './availability.js';
import type { OutOfOfficeDto } from './users.dto.js';

/** Where users of a workspace are looked up. */
type Scope = Pick<RequestContext, 'workspaceId' | 'tx'>;

/** Longest chain of stand-ins that is followed. */
const MOST_LINKS = 20;

const time = (column: string): string =>
  `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** The users asked for, and whoever may stand in for them, at any time. */
const PRESENCE_SQL = `
  with recursive people as (
    select u.id, 0 as link from users u where u.workspace_id = $1 and u.id = any($2::uuid[])
    union
    select u.out_stand_in_id, p.link + 1
    from people p join users u on u.workspace_id = $1 and u.id = p.id
    where u.out_stand_in_id is not null and p.link < ${MOST_LINKS}
  )
  select u.id, u.name, u.status = 'active' as "isActive",
    coalesce(u.time_zone, w.time_zone) as "timeZone", u.working_hours as "workingHours",
    u.holidays::text[] as holidays,
    case when u.out_until is not null then jsonb_build_object('from', ${time('u.out_from')},
      'until', ${time('u.out_until')}, 'standInId', u.out_stand_in_id, 'message', u.out_message)
    end as "outOfOffice"
  from users u join workspaces w on w.id = u.workspace_id
  where u.workspace_id = $1 and u.id in (select id from people)`;

/** SQL of who is there and who is away. */
@Injectable()
export class PresenceRepository {
  constructor(private readonly database: Database) {}

  /** The users and everyone in the chains of their stand-ins, by id. */
  async find(ctx: Scope, userIds: readonly string[]): Promise<Map<string, Presence>> {
    const rows = await this.database.query<Presence>(ctx, PRESENCE_SQL, [ctx.workspaceId, userIds]);
    return new Map(rows.map((row) => [row.id, row]));
  }

  /** The statement that notes an absence, or (null) ends it. */
  setAbsence(workspaceId: string, userId: string, absence: OutOfOfficeDto | null): Statement {
    return {
      text: `update users set out_from = $3, out_until = $4, out_stand_in_id = $5, out_message = $6,
               version = version + 1, updated_at = now()
             where workspace_id = $1 and id = $2`,
      params: [
        ...[workspaceId, userId, absence?.from ?? null, absence?.until ?? null],
        ...[absence?.standInId ?? null, absence?.message ?? null],
      ],
    };
  }
}
