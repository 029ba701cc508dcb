import { Injectable } from '@nestjs/common';
import { Database, SYSTEM } from '../../../platform/database/database.js';
import type { Statement } from '../../../platform/database/pipeline.js';
import type { Transaction } from '../../../platform/database/transaction.js';
import type { CampaignStatus } from '../campaign-states.js';

/** A campaign that is being sent, and who sends it. */
export interface RunKey {
  workspaceId: string;
  campaignId: string;
  /** Of the run that holds the campaign; whatever it writes is fenced by it. */
  lease: string;
}

/** How far the work on a campaign is. */
export interface RunRow {
  /** Contact up to which the audience has been frozen. */
  place: string | null;
  /** Recipients given to each variant (`held` waits for the winner), for exact shares. */
  assigned: Record<string, number>;
  frozenAt: string | null;
  tokens: number;
  /** Seconds since the tokens were counted. */
  elapsed: number;
}

const COLUMNS = `place, assigned, frozen_at as "frozenAt", tokens,
  extract(epoch from now() - refilled_at)::float8 as elapsed`;

const keyOf = ({ workspaceId, campaignId, lease }: RunKey): unknown[] => [
  ...[workspaceId, campaignId, lease],
];

const MINE = 'workspace_id = $1 and campaign_id = $2 and lease = $3';

/** SQL of runs: who sends which campaign, and how far they are. */
@Injectable()
export class RunsRepository {
  constructor(private readonly database: Database) {}

  /** Takes the campaign, unless a living run has it. */
  async take(key: RunKey, milliseconds: number): Promise<boolean> {
    const rows = await this.database.query(
      key,
      `insert into campaign_runs as r (workspace_id, campaign_id, lease, lease_until)
       values ($1, $2, $3, now() + $4 * interval '1 millisecond')
       on conflict (workspace_id, campaign_id) do update
         set lease = excluded.lease, lease_until = excluded.lease_until
         where r.lease is null or r.lease_until < now()
       returning lease`,
      [...keyOf(key), milliseconds],
    );
    return rows.length > 0;
  }

  /** Keeps the campaign for longer; the state it is in, or null when another run has it. */
  async renew(key: RunKey, milliseconds: number): Promise<CampaignStatus | null> {
    const [row] = await this.database.query<{ status: CampaignStatus }>(
      key,
      `update campaign_runs r set lease_until = now() + $4 * interval '1 millisecond'
       from campaigns c where r.workspace_id = $1 and r.campaign_id = $2 and r.lease = $3
         and c.workspace_id = $1 and c.id = $2 returning c.status`,
      [...keyOf(key), milliseconds],
    );
    return row?.status ?? null;
  }

  /**
   * Lets the campaign go.
   * @param delay milliseconds until it has to be looked at again; Infinity: not before its test is
   * decided, unless that is so by now.
   */
  release(key: RunKey, delay: number | null): Statement {
    return {
      text: `update campaign_runs set lease = null, lease_until = null,
          next_at = case when $4 = 'Infinity'::float8 and winner_at is not null then 'infinity'
            when $4 = 'Infinity'::float8 then now()
            else now() + $4 * interval '1 millisecond' end where ${MINE}`,
      params: [...keyOf(key), delay],
    };
  }

  /**
   * Keeps the campaign from being changed. New recipients do so in any case: whoever holds the run
   * and then inserts them would wait for somebody who changes the campaign and waits for the run.
   */
  async keepCampaign(tx: Transaction, { workspaceId, campaignId }: RunKey): Promise<void> {
    await tx.query('select from campaigns where workspace_id = $1 and id = $2 for key share', [
      ...[workspaceId, campaignId],
    ]);
  }

  /** Holds the run for a step of its work; null when it is another's. */
  async hold(tx: Transaction, key: RunKey): Promise<RunRow | null> {
    const [row] = await tx.query<RunRow>(
      `select ${COLUMNS} from campaign_runs where ${MINE} for no key update`,
      keyOf(key),
    );
    return row ?? null;
  }

  /** Remembers how far the freezing is. @param place null: it is done. */
  savePlace(key: RunKey, place: string | null, assigned: Record<string, number>): Statement {
    return {
      text: `update campaign_runs set place = $4, assigned = $5::jsonb,
          frozen_at = case when $4::uuid is null then now() end where ${MINE}`,
      params: [...keyOf(key), place, JSON.stringify(assigned)],
    };
  }

  /** When the test is to be decided, unless that is known. @param at RFC 3339, or `infinity`. */
  saveWinnerTime(key: RunKey, at: string): Statement {
    return {
      text: `update campaign_runs r set winner_at = $4 where ${MINE} and winner_at is null
        and exists (select from campaigns c where c.workspace_id = $1 and c.id = $2
          and c.winner_variant_id is null)`,
      params: [...keyOf(key), at],
    };
  }

  /** Tests, of all workspaces, that have to be decided by now. */
  findUndecided(
    now: string,
    limit: number,
  ): Promise<{ workspaceId: string; campaignId: string }[]> {
    return this.database.query(
      SYSTEM,
      `select r.workspace_id as "workspaceId", r.campaign_id as "campaignId" from campaign_runs r
       join campaigns c on c.workspace_id = r.workspace_id and c.id = r.campaign_id
       where r.winner_at <= $1::timestamptz and c.deleted_at is null
         and c.status in ('sending', 'paused')
       order by r.winner_at, r.campaign_id limit $2`,
      [now, limit],
    );
  }

  /**
   * Takes the time of a test's decision, in the transaction that decides it, or ends the campaign;
   * from then on the run has something to do.
   * @param now null: whether or not it has come.
   * @returns whether it was there, and has come.
   */
  async takeWinnerTime(
    tx: Transaction,
    { workspaceId, campaignId }: Omit<RunKey, 'lease'>,
    now: string | null,
  ): Promise<boolean> {
    const taken = await tx.query(
      `update campaign_runs set winner_at = null, next_at = now()
       where workspace_id = $1 and campaign_id = $2 and winner_at is not null
         and ($3::timestamptz is null or winner_at <= $3) returning campaign_id`,
      [workspaceId, campaignId, now],
    );
    return taken.length > 0;
  }

  saveTokens(key: RunKey, tokens: number): Statement {
    return {
      text: `update campaign_runs set tokens = $4, refilled_at = now() where ${MINE}`,
      params: [...keyOf(key), tokens],
    };
  }

  /** Why the run waits for the server; null: it does not. */
  saveTrouble(key: RunKey, trouble: string | null): Statement {
    return {
      text: `update campaign_runs set trouble = $4 where ${MINE} and trouble is distinct from $4`,
      params: [...keyOf(key), trouble],
    };
  }

  /** Campaigns, of all workspaces, that should be running and are held by nobody. */
  findLost(limit: number): Promise<{ workspaceId: string; campaignId: string }[]> {
    return this.database.query(
      SYSTEM,
      `select c.workspace_id as "workspaceId", c.id as "campaignId" from campaigns c
       join workspaces w on w.id = c.workspace_id
       left join campaign_runs r on r.workspace_id = c.workspace_id and r.campaign_id = c.id
       where c.deleted_at is null and (
         (c.status = 'sending' and (r.lease is null or r.lease_until < now())
           and coalesce(r.next_at, c.started_at) < now() - interval '1 minute')
         or (c.status = 'scheduled' and now() - interval '1 minute' >
           case when c.in_receiver_time_zone
             then c.send_at at time zone w.time_zone at time zone 'Pacific/Kiritimati'
             else c.send_at end))
       order by c.status, c.workspace_id, c.id limit $1`,
      [limit],
    );
  }
}
