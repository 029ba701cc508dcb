import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { Database } from '../../platform/database/database.js';
import type { Transaction } from '../../platform/database/transaction.js';

type Owner = { workspaceId: string };

/** A survey with what it is about. */
export interface StoredSurvey {
  id: string;
  ticketId: string;
  ticketNumber: number;
  ticketSubject: string;
  /** The ticket is in the bin, or was merged into another. */
  isGone: boolean;
  question: string | null;
  from: string;
  score: number | null;
  comment: string | null;
  ratedAt: string | null;
  changedAt: string | null;
  expiresAt: string | null;
}

/** A survey with what its mail is made of. */
export interface SurveyLetter {
  ticketNumber: number;
  ticketSubject: string;
  isOpen: boolean;
  requesterEmail: string | null;
  requesterName: string | null;
  supportAddress: string | null;
  from: string;
  enabled: boolean;
  delayHours: number;
  question: string | null;
}

const SELECT = `
  select y.id, y.ticket_id as "ticketId", t.number as "ticketNumber",
    t.subject as "ticketSubject", t.deleted_at is not null as "isGone", s.question,
    coalesce(m.sender_name, w.name) as "from", y.score, y.comment, y.rated_at as "ratedAt",
    y.changed_at as "changedAt", y.expires_at as "expiresAt"
  from ticket_surveys y
  join workspaces w on w.id = $1
  join tickets t on t.workspace_id = $1 and t.id = y.ticket_id
  left join survey_settings s on s.workspace_id = $1
  left join mail_settings m on m.workspace_id = $1
  where y.workspace_id = $1 and y.id = $2 and y.expires_at is not null`;

@Injectable()
export class SurveysRepository {
  constructor(private readonly database: Database) {}

  async find(owner: Owner, id: string): Promise<StoredSurvey | null> {
    const [found] = await this.database.query<StoredSurvey>(owner, SELECT, [owner.workspaceId, id]);
    return found ?? null;
  }

  async lock(tx: Transaction, { workspaceId }: Owner, id: string): Promise<StoredSurvey | null> {
    const [found] = await tx.query<StoredSurvey>(`${SELECT} for update of y`, [workspaceId, id]);
    return found ?? null;
  }

  async rate(
    tx: Transaction,
    { workspaceId }: Owner,
    id: string,
    { score, comment }: { score: number; comment: string | null },
  ): Promise<void> {
    await tx.query(
      `update ticket_surveys set score = $3, comment = $4, rated_at = coalesce(rated_at, now()),
         changed_at = case when rated_at is not null then now() end
       where workspace_id = $1 and id = $2`,
      [workspaceId, id, score, comment],
    );
  }

  async letter(owner: Owner, id: string): Promise<SurveyLetter | null> {
    const [found] = await this.database.query<SurveyLetter>(
      owner,
      `select t.number as "ticketNumber", t.subject as "ticketSubject", t.is_open as "isOpen",
         c.email as "requesterEmail",
         nullif(concat_ws(' ', c.first_name, c.last_name), '') as "requesterName",
         m.support_address as "supportAddress", coalesce(m.sender_name, w.name) as "from",
         coalesce(s.enabled, false) as enabled, coalesce(s.delay_hours, 0) as "delayHours",
         s.question
       from ticket_surveys y
       join workspaces w on w.id = $1
       join tickets t on t.workspace_id = $1 and t.id = y.ticket_id and t.deleted_at is null
       left join contacts c on c.workspace_id = $1 and c.id = t.requester_id
         and c.deleted_at is null
       left join survey_settings s on s.workspace_id = $1
       left join mail_settings m on m.workspace_id = $1
       where y.workspace_id = $1 and y.id = $2`,
      [owner.workspaceId, id],
    );
    return found ?? null;
  }

  /** Keeps until when a survey can be answered, before its mail goes out. */
  async expire(owner: Owner, id: string, at: Date): Promise<void> {
    await this.database.query(
      owner,
      `update ticket_surveys set expires_at = $3 where workspace_id = $1 and id = $2`,
      [owner.workspaceId, id, at],
    );
  }

  /** Sums of surveys that were sent in a span of months, by a key. */
  async sums(
    ctx: RequestContext,
    by: 'month' | 'owner' | 'team',
    span: { from: string; to: string; ownerId: string | null },
  ): Promise<CsatSums[]> {
    const { key, name } = GROUPS[by];
    return this.database.query<CsatSums>(
      ctx,
      `with zone as (select time_zone as name from workspaces where id = $1),
       sums as (
         select ${key} as key, count(*)::int as sent, count(y.score)::int as responses,
           coalesce(sum(y.score), 0)::int as points,
           (count(*) filter (where y.score >= 4))::int as satisfied
         from ticket_surveys y, zone
         where y.workspace_id = $1
           and y.sent_at >= ($2::date)::timestamp at time zone zone.name
           and y.sent_at < ($3::date + interval '1 month') at time zone zone.name
           and ($4::uuid is null or y.owner_id = $4)
         group by 1)
       select s.key, ${name} as name, s.sent, s.responses, s.points, s.satisfied from sums s`,
      [ctx.workspaceId, `${span.from}-01`, `${span.to}-01`, span.ownerId],
    );
  }
}

export interface CsatSums {
  key: string | null;
  name: string | null;
  sent: number;
  responses: number;
  points: number;
  satisfied: number;
}

const GROUPS = {
  month: { key: "to_char(y.sent_at at time zone zone.name, 'YYYY-MM')", name: 'null::text' },
  owner: {
    key: 'y.owner_id::text',
    name: '(select u.name from users u where u.workspace_id = $1 and u.id = s.key::uuid)',
  },
  team: {
    key: 'y.team_id::text',
    name: '(select g.name from teams g where g.workspace_id = $1 and g.id = s.key::uuid)',
  },
};
