import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { Database } from '../../platform/database/database.js';
import type { Statement } from '../../platform/database/pipeline.js';
import { Params } from '../../platform/records/params.js';
import { utcSql } from '../../platform/records/utc-sql.js';
import { madeIn } from './made-in.js';
import { namesOf } from './record-names.js';
import type { TicketsBy } from './report-params.dto.js';
import { ROOM } from './report-room.js';
import type { Scope } from './report-scope.js';
import type { ReportRow } from './report-table.js';

export interface CampaignRow {
  key: string;
  name: string;
  status: string;
  startedAt: string;
  recipients: number;
  sent: number;
  bounced: number;
  returned: number;
  skipped: number;
  opened: number;
  clicked: number;
}

/** Orders that followed a campaign, of one currency and day. */
export interface FollowedRow {
  campaignId: string;
  currency: string;
  day: string;
  records: number;
  amount: string;
}

/** SQL of tickets and campaigns. */
@Injectable()
export class ServiceReportsRepository {
  constructor(private readonly database: Database) {}

  async tickets(ctx: RequestContext, by: TicketsBy, scope: Scope): Promise<ReportRow[]> {
    const [, result] = await this.database.run(ctx, [ROOM, ticketStatement(ctx, by, scope)]);
    return (result?.rows ?? []) as ReportRow[];
  }

  /** Those that began on the days of the scope; one more than the limit. */
  async campaigns(ctx: RequestContext, scope: Scope): Promise<CampaignRow[]> {
    const [, result] = await this.database.run(ctx, [ROOM, campaignStatement(ctx, scope)]);
    return (result?.rows ?? []) as unknown as CampaignRow[];
  }

  /** Orders of receivers who opened or clicked, within the days of each campaign. */
  async followed(ctx: RequestContext, campaignIds: readonly string[]): Promise<FollowedRow[]> {
    const [, result] = await this.database.run(ctx, [ROOM, followedStatement(ctx, campaignIds)]);
    return (result?.rows ?? []) as unknown as FollowedRow[];
  }
}

const AGE = `case
  when t.created_at > now() - interval '1 day' then 0
  when t.created_at > now() - interval '3 days' then 1
  when t.created_at > now() - interval '7 days' then 2
  when t.created_at > now() - interval '30 days' then 3 else 4 end`;
const AGES = `(array['under1Day', '1To3Days', '3To7Days', '7To30Days', 'over30Days'])[g.k + 1]`;
const PRIORITIES = "array_position(array['urgent', 'high', 'normal', 'low'], g.k)";

const KEYS: Record<TicketsBy, { key: string; shown: string; order: string }> = {
  status: { key: 't.status', shown: 'g.k', order: 'g.tickets desc, g.k' },
  priority: { key: 't.priority', shown: 'g.k', order: `${PRIORITIES} nulls last, g.k` },
  age: { key: AGE, shown: AGES, order: 'g.k' },
  sla: { key: 't.sla_state', shown: 'g.k', order: 'g.tickets desc, g.k' },
  owner: { key: 't.owner_id', shown: 'g.k', order: 'g.tickets desc, g.k' },
  team: { key: 't.team_id', shown: 'g.k', order: 'g.tickets desc, g.k' },
  channel: { key: 't.channel', shown: 'g.k', order: 'g.tickets desc, g.k' },
};

const met = (alias: string): string =>
  `count(*) filter (where ${alias}.state = 'stopped' and ${alias}.breached_at is null)`;
const missed = (alias: string): string => `count(${alias}.breached_at)`;
const hours = (from: string, to: string): string =>
  `avg(extract(epoch from ${to} - ${from}) / 3600)`;

function ticketStatement(ctx: RequestContext, by: TicketsBy, scope: Scope): Statement {
  const params = new Params(ctx.workspaceId);
  const { workspace } = params;
  const where = [`t.workspace_id = ${workspace}`, 't.deleted_at is null'];
  where.push(madeIn('t.created_at', scope, params));
  if (by === 'age') where.push('t.is_open');
  if (scope.ownerIds !== null)
    where.push(`t.owner_id = any(${params.add(scope.ownerIds, 'uuid[]')})`);
  const clock = (alias: string, target: string): string =>
    `left join ticket_sla_clocks ${alias} on ${alias}.workspace_id = ${workspace}
       and ${alias}.ticket_id = t.id and ${alias}.target = '${target}'`;
  const { key, shown, order } = KEYS[by];
  const name = nameOf(ctx, by, params);
  return {
    text: `select ${shown} as key, ${name.sql} as name, g.tickets, g.open, g.solved,
        round(g.first, 1)::text as "firstResponseHours", round(g.whole, 1)::text as "resolutionHours",
        g.fmet as "firstResponsesMet", g.fmissed as "firstResponsesMissed",
        g.rmet as "resolutionsMet", g.rmissed as "resolutionsMissed",
        g.ratings, round(g.rating, 2)::text as "averageRating"
      from (
        select ${key} as k, count(*) as tickets, count(*) filter (where t.is_open) as open,
          count(t.solved_at) as solved, ${hours('t.created_at', 't.first_responded_at')} as first,
          ${hours('t.created_at', 't.solved_at')} as whole, ${met('f')} as fmet,
          ${missed('f')} as fmissed, ${met('r')} as rmet, ${missed('r')} as rmissed,
          count(s.score) as ratings, avg(s.score) as rating
        from tickets t ${clock('f', 'firstResponse')} ${clock('r', 'resolution')}
        left join ticket_surveys s on s.workspace_id = ${workspace} and s.ticket_id = t.id
        where ${where.join(' and ')} group by 1) g
      ${name.join} order by ${order} limit 1000`,
    params: params.values,
  };
}

function nameOf(ctx: RequestContext, by: TicketsBy, params: Params): { sql: string; join: string } {
  if (by === 'owner') return namesOf(ctx, params, 'users', 'g.k');
  if (by === 'team') return namesOf(ctx, params, 'teams', 'g.k');
  return { sql: 'null::text', join: '' };
}

function campaignStatement(ctx: RequestContext, scope: Scope): Statement {
  const params = new Params(ctx.workspaceId);
  const { workspace } = params;
  const where = [`c.workspace_id = ${workspace}`, 'c.deleted_at is null'];
  where.push(madeIn('c.started_at', scope, params));
  if (scope.ownerIds !== null)
    where.push(`c.owner_id = any(${params.add(scope.ownerIds, 'uuid[]')})`);
  return {
    text: `select c.id as key, c.name, c.status, ${utcSql('c.started_at')} as "startedAt", n.*
      from (select * from campaigns c where ${where.join(' and ')}
        order by c.started_at desc, c.id limit ${scope.limit + 1}) c
      cross join lateral (
        select count(*) as recipients,
          count(*) filter (where state = 'sent' or (state = 'bounced' and sent_at is not null)) as sent,
          count(*) filter (where state = 'bounced') as bounced,
          count(*) filter (where state = 'bounced' and sent_at is not null) as returned,
          count(*) filter (where state = 'skipped') as skipped,
          count(opened_at) as opened, count(clicked_at) as clicked
        from campaign_recipients r
        where r.workspace_id = ${workspace} and r.campaign_id = c.id) n
      order by c.started_at desc, c.id`,
    params: params.values,
  };
}

/** As the figures of one campaign count them: from the first open or click on. */
function followedStatement(ctx: RequestContext, campaignIds: readonly string[]): Statement {
  const params = new Params(ctx.workspaceId);
  const { workspace } = params;
  const own =
    ctx.grants.get('order:read') === 'own'
      ? `and o.owner_id = ${params.add(ctx.principal.userId, 'uuid')}`
      : '';
  return {
    text: `with engaged as materialized (
        select r.campaign_id, r.contact_id, c.attribution_days as days,
          min(least(r.opened_at, r.clicked_at)) as since
        from campaign_recipients r
        join campaigns c on c.workspace_id = ${workspace} and c.id = r.campaign_id
        where r.workspace_id = ${workspace} and r.campaign_id = any(${params.add(campaignIds, 'uuid[]')})
          and r.contact_id is not null and (r.opened_at is not null or r.clicked_at is not null)
        group by 1, 2, 3)
      select e.campaign_id as "campaignId", o.currency, o.order_date as day, count(*) as records,
        sum(o.total - o.credited_total)::text as amount
      from engaged e join orders o on o.workspace_id = ${workspace} and o.contact_id = e.contact_id
        and o.deleted_at is null and o.created_at >= e.since
        and o.created_at < e.since + e.days * interval '1 day'
        and o.kind = 'order' and o.status not in ('draft', 'cancelled') ${own}
      group by 1, 2, 3`,
    params: params.values,
  };
}
