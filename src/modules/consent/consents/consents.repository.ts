import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../../common/context.js';
import { Database } from '../../../platform/database/database.js';
import type { Statement } from '../../../platform/database/pipeline.js';
import type { Transaction } from '../../../platform/database/transaction.js';
import type { IdPage } from '../../../platform/http/id-page.js';
import type { Channel } from '../channels.js';
import type { ConsentHistoryDto, StoredConsentDto } from './consent.dto.js';
import type { ConsentState, ConsentStatus } from './consent-state.js';

/** What is known of how consent came about. */
export type Proof = Record<string, unknown>;

/** What is added to the history. */
export interface HistoryEntry {
  id: string;
  contactId: string;
  purposeId: string;
  channel: Channel;
  status: ConsentStatus;
  source: string;
  /** RFC 3339. */
  occurredAt: string;
  proof: Proof;
}

/** A contact as far as consent concerns it. */
export interface ContactRow {
  id: string;
  version: number;
  ownerId: string | null;
  deletedAt: string | null;
  email: string | null;
  phone: string | null;
  mobile: string | null;
}

const STATE = `contact_id as "contactId", purpose_id as "purposeId", channel, status, source,
  changed_at as "changedAt", request_id as "requestId", asks, asked_at as "askedAt"`;

const CONTACT = `id, version, owner_id as "ownerId", deleted_at as "deletedAt", email, phone,
  mobile`;

const SAVE_SQL = `
  insert into consents (workspace_id, contact_id, purpose_id, channel, status, source, changed_at,
    request_id, asks, asked_at)
  select $1, "contactId", "purposeId", channel, status, source, "changedAt", "requestId", asks,
    "askedAt"
  from json_to_recordset($2::json) as g ("contactId" uuid, "purposeId" uuid, channel text,
    status text, source text, "changedAt" timestamptz, "requestId" uuid, asks integer,
    "askedAt" timestamptz)
  on conflict (workspace_id, contact_id, purpose_id, channel) do update
    set status = excluded.status, source = excluded.source, changed_at = excluded.changed_at,
      request_id = excluded.request_id, asks = excluded.asks, asked_at = excluded.asked_at`;

const NOTE_SQL = `
  insert into consent_history (workspace_id, contact_id, id, purpose_id, channel, status, source,
    occurred_at, proof, actor_type, actor_id, actor_user_id)
  select $1, "contactId", id, "purposeId", channel, status, source, "occurredAt", proof, $3, $4, $5
  from json_to_recordset($2::json) as g ("contactId" uuid, id uuid, "purposeId" uuid, channel text,
    status text, source text, "occurredAt" timestamptz, proof jsonb)`;

/** SQL of consents and their history. */
@Injectable()
export class ConsentsRepository {
  constructor(private readonly database: Database) {}

  /** All that a contact has said. */
  of(ctx: RequestContext, contactId: string): Promise<ConsentState[]> {
    return this.database.query<ConsentState>(
      ctx,
      `select ${STATE} from consents where workspace_id = $1 and contact_id = $2`,
      [ctx.workspaceId, contactId],
    );
  }

  /** What all contacts have said, in the order of the key: a page behind a place in it. */
  page(
    ctx: RequestContext,
    after: readonly [contactId: string, purposeId: string, channel: string] | null,
    limit: number,
  ): Promise<(StoredConsentDto & { purposeId: string })[]> {
    return this.database.query(
      ctx,
      `select n.contact_id as "contactId", c.email, p.key as purpose, n.purpose_id as "purposeId",
         n.channel, n.status, n.source, n.changed_at as "changedAt"
       from (select * from consents where workspace_id = $1
           and ($2::uuid is null or (contact_id, purpose_id, channel) > ($2, $3::uuid, $4))
         order by contact_id, purpose_id, channel limit $5) n
       join contacts c on c.workspace_id = $1 and c.id = n.contact_id
       join consent_purposes p on p.workspace_id = $1 and p.id = n.purpose_id
       order by n.contact_id, n.purpose_id, n.channel`,
      [ctx.workspaceId, ...(after ?? [null, null, null]), limit],
    );
  }

  /** Pages of what was said, the newest first. */
  history(
    ctx: RequestContext,
    contactId: string,
    { limit, before }: IdPage,
  ): Promise<ConsentHistoryDto[]> {
    return this.database.query<ConsentHistoryDto>(
      ctx,
      `select h.id, p.key as purpose, h.channel, h.status, h.source,
         h.occurred_at as "occurredAt", h.recorded_at as "recordedAt", h.proof,
         jsonb_build_object('type', h.actor_type, 'id', h.actor_id,
           'userId', h.actor_user_id) as actor
       from consent_history h
       join consent_purposes p on p.workspace_id = $1 and p.id = h.purpose_id
       where h.workspace_id = $1 and h.contact_id = $2 and ($3::uuid is null or h.id < $3)
       order by h.id desc limit $4`,
      [ctx.workspaceId, contactId, before, limit + 1],
    );
  }

  /** Keeps others from changing these contacts and their consents, and reads both. */
  async lock(
    tx: Transaction,
    workspaceId: string,
    contactIds: readonly string[],
  ): Promise<{ contacts: Map<string, ContactRow>; states: ConsentState[] }> {
    const params = [workspaceId, contactIds];
    const [contacts, states] = await tx.run([
      {
        text: `select ${CONTACT} from contacts where workspace_id = $1 and id = any($2::uuid[])
          order by id for no key update`,
        params,
      },
      // The contacts are locked by now, and nobody writes consents without that.
      {
        text: `select ${STATE} from consents
          where workspace_id = $1 and contact_id = any($2::uuid[])`,
        params,
      },
    ]);
    const rows = (contacts?.rows ?? []) as unknown as ContactRow[];
    return {
      contacts: new Map(rows.map((row) => [row.id, row])),
      states: (states?.rows ?? []) as unknown as ConsentState[],
    };
  }

  save(workspaceId: string, states: readonly ConsentState[]): Statement {
    return { text: SAVE_SQL, params: [workspaceId, JSON.stringify(states)] };
  }

  note(ctx: RequestContext, entries: readonly HistoryEntry[], actor: Actor): Statement {
    return {
      text: NOTE_SQL,
      params: [ctx.workspaceId, JSON.stringify(entries), actor.type, actor.id, actor.userId],
    };
  }

  /** What duplicates said goes over to the survivor: the states as given, the history as copies. */
  moveTo(
    workspaceId: string,
    survivorId: string,
    loserIds: readonly string[],
    states: readonly ConsentState[],
  ): Statement[] {
    const params = [workspaceId, loserIds];
    return [
      {
        text: `insert into consent_history (workspace_id, contact_id, id, purpose_id, channel,
            status, source, occurred_at, recorded_at, proof, actor_type, actor_id, actor_user_id)
          select workspace_id, $3, id, purpose_id, channel, status, source, occurred_at,
            recorded_at, proof || jsonb_build_object('mergedFrom', contact_id), actor_type,
            actor_id, actor_user_id
          from consent_history where workspace_id = $1 and contact_id = any($2::uuid[])
          on conflict do nothing`,
        params: [...params, survivorId],
      },
      {
        text: `delete from consents where workspace_id = $1 and contact_id = any($2::uuid[])`,
        params,
      },
      this.save(workspaceId, states),
    ];
  }

  /** The contacts that e-mail addresses belong to. */
  async idsByEmail(ctx: RequestContext, emails: readonly string[]): Promise<Map<string, string>> {
    const rows = await this.database.query<{ id: string; email: string }>(
      ctx,
      `select id, email from contacts
       where workspace_id = $1 and email = any($2::text[]) and deleted_at is null`,
      [ctx.workspaceId, emails],
    );
    return new Map(rows.map(({ id, email }) => [email, id]));
  }

  /** Who a contact is by now: itself, or the one that it was merged into; null when it is gone. */
  async survivorOf(ctx: RequestContext, contactId: string): Promise<string | null> {
    const [row] = await this.database.query<{ id: string }>(
      ctx,
      `with recursive line as (
         select id, merged_into, 1 as step from contacts where workspace_id = $1 and id = $2
         union all
         select c.id, c.merged_into, l.step + 1 from line l
         join contacts c on c.workspace_id = $1 and c.id = l.merged_into
         where l.step < 100)
       select id from line order by step desc limit 1`,
      [ctx.workspaceId, contactId],
    );
    return row?.id ?? null;
  }
}

/** Who did it, as the history keeps it. */
export interface Actor {
  type: string;
  id: string | null;
  userId: string | null;
}
