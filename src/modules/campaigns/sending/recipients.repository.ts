import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database.js';
import type { Statement } from '../../../platform/database/pipeline.js';
import type { Transaction } from '../../../platform/database/transaction.js';
import type { RunKey } from './runs.repository.js';

/** What may become of a mail to a recipient. */
export const RECIPIENT_STATES = [
  /** Waits for the winner of the test. */
  'held',
  /** Waits for its time. */
  'pending',
  /** A run has it; nothing has been handed over. */
  'claimed',
  /** All but the last byte has been handed over, and that is on its way or goes next. */
  'sending',
  'sent',
  /** The server refused it for good. */
  'bounced',
  /** Put off too often, or it could not be made. */
  'failed',
  /** Not to be mailed: see the reason. */
  'skipped',
  /** Nobody knows whether the server took it. */
  'uncertain',
] as const;
export type RecipientState = (typeof RECIPIENT_STATES)[number];

/** Reason of those who have not agreed (any more), or whose address is suppressed. */
export const NOT_PERMITTED = 'notPermitted';

/** Somebody who is to get the campaign. */
export interface NewRecipient {
  id: string;
  contactId: string;
  addressHash: string;
  variantId: string | null;
  state: 'held' | 'pending' | 'skipped';
  reason: string | null;
  /** RFC 3339. */
  dueAt: string;
}

/** A recipient that a run has claimed. */
export interface Claimed {
  id: string;
  contactId: string | null;
  addressHash: string;
  variantId: string | null;
  attempts: number;
}

/** What became of a recipient's mail. */
export interface Outcome {
  id: string;
  state: RecipientState;
  reason: string | null;
  /** Attempts that this one makes more. */
  tries: 0 | 1;
  /** Milliseconds until it is due again, for `pending`. */
  wait: number;
}

const INSERT = `
  insert into campaign_recipients (workspace_id, id, campaign_id, contact_id, address_hash,
    variant_id, state, reason, due_at)
  select $1, g.id, $2, g."contactId", g."addressHash", g."variantId", g.state, g.reason, g."dueAt"
  from json_to_recordset($3::json) as g (id uuid, "contactId" uuid, "addressHash" uuid,
    "variantId" uuid, state text, reason text, "dueAt" timestamptz)
  on conflict (workspace_id, campaign_id, address_hash) do nothing`;

const CLAIM = `
  with due as materialized (
    select r.id from campaign_recipients r
    where r.workspace_id = $1 and r.campaign_id = $2 and r.state = 'pending' and r.due_at <= now()
      and exists (select from campaigns c where c.workspace_id = $1 and c.id = $2
        and c.status = 'sending' and c.deleted_at is null)
    order by r.due_at, r.id limit $4 for update skip locked)
  update campaign_recipients r set state = 'claimed', lease = $3 from due
  where r.workspace_id = $1 and r.id = due.id
  returning r.id, r.contact_id as "contactId", r.address_hash as "addressHash",
    r.variant_id as "variantId", r.attempts`;

/**
 * By its key, always: PostgreSQL would rather read all that runs have claimed, in an index of few
 * living and many dead entries, for it has seen how few they are. It cannot prove that this is
 * among them.
 */
const isState = (...states: RecipientState[]): string =>
  `r.state || '' in (${states.map((state) => `'${state}'`).join(', ')})`;

/**
 * The last word before a mail is sent, committed before its last byte: that it is still this run's,
 * and that nobody has paused or cancelled the campaign.
 */
const MARK = `
  update campaign_recipients r set state = 'sending'
  from campaign_runs n, campaigns c
  where r.workspace_id = $1 and r.id = any($4::uuid[]) and r.lease = $3 and ${isState('claimed')}
    and n.workspace_id = $1 and n.campaign_id = $2 and n.lease = $3
    and c.workspace_id = $1 and c.id = $2 and c.status = 'sending' and c.deleted_at is null
  returning r.id`;

const SETTLE = `
  update campaign_recipients r set state = o.state, reason = o.reason, lease = null,
    attempts = r.attempts + o.tries,
    sent_at = case when o.state in ('sent', 'uncertain') then now() else r.sent_at end,
    due_at = case when o.state = 'pending' and o.wait > 0
      then now() + o.wait * interval '1 millisecond' else r.due_at end
  from json_to_recordset($3::json) as o (id uuid, state text, reason text, tries smallint, wait float8)
  where r.workspace_id = $1 and r.id = o.id and r.lease = $2
    and ${isState('claimed', 'sending')}`;

/** What dead runs have left behind: nothing of what they had only claimed was handed over. */
const ORPHANS = `
  with freed as (
    update campaign_recipients set state = 'pending', lease = null
    where workspace_id = $1 and campaign_id = $2 and state = 'claimed' and lease <> $3)
  select id, lease from campaign_recipients
  where workspace_id = $1 and campaign_id = $2 and state = 'sending' and lease <> $3
  order by lease, id`;

const ADOPT = `
  update campaign_recipients r set state = o.state, reason = o.reason, lease = null,
    sent_at = case when o.state in ('sent', 'uncertain') then now() else r.sent_at end
  from json_to_recordset($3::json) as o (id uuid, lease uuid, state text, reason text)
  where r.workspace_id = $1 and r.campaign_id = $2 and r.id = o.id and r.state = 'sending'
    and r.lease = o.lease`;

const FREE_HELD = `
  with part as materialized (
    select id from campaign_recipients where workspace_id = $1 and campaign_id = $2
      and state = 'held' order by id limit $4 for update)
  update campaign_recipients r set state = 'pending', variant_id = $3 from part
  where r.workspace_id = $1 and r.id = part.id`;

const NOTE = `
  with part as materialized (
    select id, contact_id from campaign_recipients where workspace_id = $1 and campaign_id = $2
      and state = 'sent' and not noted order by id limit $3 for update skip locked),
  noted as (
    update campaign_recipients r set noted = true from part
    where r.workspace_id = $1 and r.id = part.id)
  select p.contact_id as "recordId", c.version from part p
  left join contacts c on c.workspace_id = $1 and c.id = p.contact_id`;

/** What is left to do of a campaign. */
export interface Left {
  /** Milliseconds until the next one is due; null when none waits for its time. */
  nextIn: number | null;
  hasHeld: boolean;
}

const LEFT = `
  select (select extract(epoch from r.due_at - now()) * 1000 from campaign_recipients r
      where r.workspace_id = $1 and r.campaign_id = $2 and r.state = 'pending'
      order by r.due_at, r.id limit 1)::float8 as "nextIn",
    exists (select from campaign_recipients r where r.workspace_id = $1 and r.campaign_id = $2
      and r.state = 'held') as "hasHeld"`;

/** SQL of those who get a campaign. */
@Injectable()
export class RecipientsRepository {
  constructor(private readonly database: Database) {}

  insert({ workspaceId, campaignId }: RunKey, recipients: readonly NewRecipient[]): Statement {
    return { text: INSERT, params: [workspaceId, campaignId, JSON.stringify(recipients)] };
  }

  claim(tx: Transaction, key: RunKey, limit: number): Promise<Claimed[]> {
    return tx.query<Claimed>(CLAIM, [key.workspaceId, key.campaignId, key.lease, limit]);
  }

  /** Returns those that may be sent. */
  mark(key: RunKey, ids: readonly string[]): Statement {
    return { text: MARK, params: [key.workspaceId, key.campaignId, key.lease, ids] };
  }

  /** Frees what the run has claimed and not come to. */
  putBack({ workspaceId, campaignId, lease }: RunKey): Statement {
    return {
      text: `update campaign_recipients set state = 'pending', lease = null
        where workspace_id = $1 and campaign_id = $2 and state = 'claimed' and lease = $3`,
      params: [workspaceId, campaignId, lease],
    };
  }

  settle(key: RunKey, outcomes: readonly Outcome[]): Statement {
    return { text: SETTLE, params: [key.workspaceId, key.lease, JSON.stringify(outcomes)] };
  }

  /** Frees what dead runs had claimed; returns what they were just handing over. */
  async orphans(key: RunKey): Promise<{ id: string; lease: string }[]> {
    return this.database.query(key, ORPHANS, [key.workspaceId, key.campaignId, key.lease]);
  }

  /** Settles what dead runs were handing over. */
  async adopt(
    key: RunKey,
    outcomes: readonly {
      id: string;
      lease: string;
      state: RecipientState;
      reason: string | null;
    }[],
  ): Promise<void> {
    await this.database.query(key, ADOPT, [
      ...[key.workspaceId, key.campaignId, JSON.stringify(outcomes)],
    ]);
  }

  /** Gives the winner to those who wait for it, `limit` at a time; how many. */
  async freeHeld(key: RunKey, variantId: string, limit: number): Promise<number> {
    const [freed] = await this.database.run(key, [
      { text: FREE_HELD, params: [key.workspaceId, key.campaignId, variantId, limit] },
    ]);
    return freed?.rowCount ?? 0;
  }

  /** Takes up to `limit` mails that no event tells of yet: contact and its version. */
  note(
    tx: Transaction,
    key: RunKey,
    limit: number,
  ): Promise<{ recordId: string | null; version: number | null }[]> {
    return tx.query(NOTE, [key.workspaceId, key.campaignId, limit]);
  }

  /** Decides over those that nobody knows of; how many there were. */
  async resolve(
    tx: Transaction,
    workspaceId: string,
    campaignId: string,
    as: 'resend' | 'sent',
  ): Promise<number> {
    const state = as === 'resend' ? 'pending' : 'sent';
    const [resolved] = await tx.run([
      {
        text: `update campaign_recipients set state = $3, reason = null
          where workspace_id = $1 and campaign_id = $2 and state = 'uncertain'`,
        params: [workspaceId, campaignId, state],
      },
    ]);
    return resolved?.rowCount ?? 0;
  }

  async left({ workspaceId, campaignId }: RunKey): Promise<Left> {
    const [row] = await this.database.query<Left>({ workspaceId }, LEFT, [workspaceId, campaignId]);
    return row as Left;
  }
}
