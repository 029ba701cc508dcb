import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../../common/context.js';
import { Database } from '../../../platform/database/database.js';
import { utcSql } from '../../../platform/records/utc-sql.js';

type Owner = Pick<RequestContext, 'workspaceId' | 'tx'>;

/** Counts of a variant's mails; `sent` are those that the server took, bounced ones included. */
export interface VariantCounts {
  /** Null: those who have none (yet). */
  variantId: string | null;
  recipients: number;
  waiting: number;
  sent: number;
  bounced: number;
  /** Those of them that the server had taken. */
  returned: number;
  failed: number;
  skipped: number;
  uncertain: number;
  opened: number;
  opens: number;
  clicked: number;
  clicks: number;
}

/** What followed an open or a click within the days of the campaign, in one currency. */
export interface Attributed {
  currency: string;
  count: number;
  amount: string;
}

const BY_VARIANT = `
  select variant_id as "variantId", count(*) as recipients,
    count(*) filter (where state in ('held', 'pending', 'claimed', 'sending')) as waiting,
    count(*) filter (where state = 'sent' or (state = 'bounced' and sent_at is not null)) as sent,
    count(*) filter (where state = 'bounced') as bounced,
    count(*) filter (where state = 'bounced' and sent_at is not null) as returned,
    count(*) filter (where state = 'failed') as failed,
    count(*) filter (where state = 'skipped') as skipped,
    count(*) filter (where state = 'uncertain') as uncertain,
    count(opened_at) as opened, coalesce(sum(opens), 0) as opens,
    count(clicked_at) as clicked, coalesce(sum(clicks), 0) as clicks
  from campaign_recipients where workspace_id = $1 and campaign_id = $2
  group by variant_id order by variant_id nulls last`;

const SKIPPED = `
  select reason, count(*) as count from campaign_recipients
  where workspace_id = $1 and campaign_id = $2 and state = 'skipped'
  group by reason order by count(*) desc, reason`;

const BY_LINK = `
  select l.number, l.url, count(k.recipient_id) as clicked, coalesce(sum(k.clicks), 0) as clicks
  from campaign_links l left join campaign_link_clicks k
    on k.workspace_id = $1 and k.campaign_id = $2 and k.number = l.number
  where l.workspace_id = $1 and l.campaign_id = $2
  group by l.number, l.url order by count(k.recipient_id) desc, l.number limit 1000`;

/** From the first open or click on; who was merged into another counts as the other. */
const ENGAGED = `
  engaged as materialized (
    select contact_id, min(least(opened_at, clicked_at)) as since from campaign_recipients
    where workspace_id = $1 and campaign_id = $2 and contact_id is not null
      and (opened_at is not null or clicked_at is not null)
    group by contact_id)`;

const within = (alias: string): string =>
  `${alias}.workspace_id = $1 and ${alias}.contact_id = e.contact_id and ${alias}.deleted_at is null
    and ${alias}.created_at >= e.since and ${alias}.created_at < e.since + $3 * interval '1 day'`;

const ORDERS = `
  with ${ENGAGED}
  select o.currency, count(*) as count, sum(o.total - o.credited_total)::text as amount
  from engaged e join orders o on ${within('o')}
    and o.kind = 'order' and o.status not in ('draft', 'cancelled')
  group by o.currency order by o.currency`;

/** Receivers of each variant who have ordered. */
const ORDERING = `
  with engaged as materialized (
    select contact_id, variant_id, least(opened_at, clicked_at) as since from campaign_recipients
    where workspace_id = $1 and campaign_id = $2 and contact_id is not null
      and (opened_at is not null or clicked_at is not null))
  select e.variant_id as "variantId", count(distinct e.contact_id) as count
  from engaged e join orders o on ${within('o')}
    and o.kind = 'order' and o.status not in ('draft', 'cancelled')
  group by e.variant_id`;

const DEALS = `
  with ${ENGAGED}
  select d.currency, count(*) as count, sum(d.amount)::text as amount,
    count(*) filter (where d.status = 'won') as won,
    coalesce(sum(d.amount) filter (where d.status = 'won'), 0)::text as "wonAmount"
  from engaged e join deals d on ${within('d')}
  group by d.currency order by d.currency`;

const UNSUBSCRIBED = `
  select count(distinct r.contact_id) as count from consent_purposes p
  join consents n on n.workspace_id = $1 and n.purpose_id = p.id and n.channel = 'email'
    and n.status = 'withdrawn'
  join campaign_recipients r on r.workspace_id = $1 and r.contact_id = n.contact_id
    and r.campaign_id = $2 and r.sent_at is not null
    and n.changed_at >= r.sent_at and n.changed_at < r.sent_at + $4 * interval '1 day'
  where p.workspace_id = $1 and p.key = $3`;

/** SQL of what a campaign has brought. */
@Injectable()
export class FiguresRepository {
  constructor(private readonly database: Database) {}

  byVariant(owner: Owner, campaignId: string): Promise<VariantCounts[]> {
    return this.database.query(owner, BY_VARIANT, [owner.workspaceId, campaignId]);
  }

  skipped(owner: Owner, campaignId: string): Promise<{ reason: string | null; count: number }[]> {
    return this.database.query(owner, SKIPPED, [owner.workspaceId, campaignId]);
  }

  byLink(
    owner: Owner,
    campaignId: string,
  ): Promise<{ number: number; url: string; clicked: number; clicks: number }[]> {
    return this.database.query(owner, BY_LINK, [owner.workspaceId, campaignId]);
  }

  /** @param days after the first open or click. */
  orders(owner: Owner, campaignId: string, days: number): Promise<Attributed[]> {
    return this.database.query(owner, ORDERS, [owner.workspaceId, campaignId, days]);
  }

  /** How many receivers of each variant have ordered, by its id. */
  async ordering(owner: Owner, campaignId: string, days: number): Promise<Map<string, number>> {
    const rows = await this.database.query<{ variantId: string | null; count: number }>(
      owner,
      ORDERING,
      [owner.workspaceId, campaignId, days],
    );
    return new Map(rows.map(({ variantId, count }) => [variantId ?? '', count]));
  }

  deals(
    owner: Owner,
    campaignId: string,
    days: number,
  ): Promise<(Attributed & { won: number; wonAmount: string })[]> {
    return this.database.query(owner, DEALS, [owner.workspaceId, campaignId, days]);
  }

  /** Receivers who withdrew their consent to its purpose in the days after their mail. */
  async unsubscribed(
    owner: Owner,
    campaignId: string,
    purpose: string,
    days: number,
  ): Promise<number> {
    const params = [owner.workspaceId, campaignId, purpose, days];
    const [row] = await this.database.query<{ count: number }>(owner, UNSUBSCRIBED, params);
    return row?.count ?? 0;
  }

  /** Why sending waits, if the server takes nothing, and when a test is decided. */
  async run(
    owner: Owner,
    campaignId: string,
  ): Promise<{ trouble: string | null; winnerAt: string | null }> {
    const [row] = await this.database.query<{ trouble: string | null; winnerAt: string | null }>(
      owner,
      `select trouble, ${utcSql("nullif(winner_at, 'infinity')")} as "winnerAt"
       from campaign_runs where workspace_id = $1 and campaign_id = $2`,
      [owner.workspaceId, campaignId],
    );
    return row ?? { trouble: null, winnerAt: null };
  }
}
