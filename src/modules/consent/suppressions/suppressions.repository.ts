import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../../common/context.js';
import { Database } from '../../../platform/database/database.js';
import type { Statement } from '../../../platform/database/pipeline.js';
import type { IdPage } from '../../../platform/http/id-page.js';
import { ADDRESSED, addressSql } from '../channels.js';
import type { Addressed } from '../channels.js';
import { ensureHashKey, hashSql } from './address-hash.js';
import { SUPPRESSION_REASONS } from './suppression.dto.js';
import type { SuppressionDto, SuppressionReason } from './suppression.dto.js';

/** An address in its normal form. */
export interface Address {
  channel: Addressed;
  address: string;
}

/** What a suppression was before and is now. */
export interface Suppressed {
  id: string;
  isNew: boolean;
}

const COLUMNS = `id, channel, reason, note, created_at as "createdAt", created_by as "createdBy"`;

const rank = (column: string): string =>
  `array_position('{${SUPPRESSION_REASONS.join(',')}}'::text[], ${column})`;

/**
 * Inserts what `source` selects: channel and hash, each pair once. Of two reasons the stronger
 * stays, so that nobody lifts a complaint by subscribing again.
 */
const insertSql = (source: string): string => `
  insert into suppressions as s (workspace_id, id, channel, address_hash, reason, note, created_by)
  select $1, a.id, a.channel, a.hash, $3, $4, $5 from (
    select distinct on (channel, hash) id, channel, hash from (${source}) x
    where hash is not null order by channel, hash) a
  on conflict (workspace_id, channel, address_hash) do update
    set reason = excluded.reason, note = coalesce(excluded.note, s.note)
    where ${rank('excluded.reason')} > ${rank('s.reason')}
  returning id, xmax = 0 as "isNew"`;

const ADDRESSES = 'json_to_recordset($2::json) as g (id uuid, channel text, address text)';
const ADD_SQL = insertSql(`select g.id, g.channel, ${hashSql('$1', 'g.address')} as hash
  from ${ADDRESSES}`);

const ADD_HASHES_SQL = insertSql(`select g.id, g.channel, decode(g.hash, 'base64') as hash
  from json_to_recordset($2::json) as g (id uuid, channel text, hash text)`);

/** The addresses of a contact `c`, each with its channel. */
const ADDRESSES_OF = `lateral (values ${ADDRESSED.map(
  (channel) => `('${channel}', ${addressSql(channel, 'c')})`,
).join(', ')}) k (channel, address)`;

const ADD_OF_CONTACTS_SQL = insertSql(`select g.id, g.channel, ${hashSql('$1', 'k.address')} as hash
  from json_to_recordset($2::json) as g (id uuid, channel text, contact_id uuid)
  join contacts c on c.workspace_id = $1 and c.id = g.contact_id
  join ${ADDRESSES_OF} on k.channel = g.channel`);

/** The suppression of an address `g`: looked up one by one, however long the list is. */
const FOUND = `lateral (select s.id, s.reason from suppressions s
  where s.workspace_id = $1 and s.channel = g.channel and s.address_hash = g.hash limit 1) s`;

/**
 * Hashes first: row level security lets an index be asked for a column of a materialized table,
 * but not for what a function makes of one that it guards.
 */
const CHECK_SQL = `
  with given as materialized (
    select g.place, g.channel, ${hashSql('$1', 'g.address')} as hash
    from json_to_recordset($2::json) as g (place integer, channel text, address text))
  select g.place, s.id, s.reason from given g cross join ${FOUND}`;

const OF_CONTACTS_SQL = `
  with given as materialized (
    select c.id, k.channel, ${hashSql('$1', 'k.address')} as hash
    from contacts c cross join ${ADDRESSES_OF}
    where c.workspace_id = $1 and c.id = any($2::uuid[]))
  select g.id as "contactId", g.channel, s.reason from given g cross join ${FOUND}`;

/** SQL of the suppression list. */
@Injectable()
export class SuppressionsRepository {
  constructor(private readonly database: Database) {}

  /** The newest first. */
  find(
    ctx: RequestContext,
    reason: SuppressionReason | null,
    { limit, before }: IdPage,
  ): Promise<SuppressionDto[]> {
    const only = reason === null ? '$2::text is null' : 'reason = $2';
    return this.database.query<SuppressionDto>(
      ctx,
      `select ${COLUMNS} from suppressions
       where workspace_id = $1 and ${only} and ($3::uuid is null or id < $3)
       order by id desc limit $4`,
      [ctx.workspaceId, reason, before, limit + 1],
    );
  }

  async findOne(ctx: RequestContext, id: string): Promise<SuppressionDto | null> {
    const [found] = await this.database.query<SuppressionDto>(
      ctx,
      `select ${COLUMNS} from suppressions where workspace_id = $1 and id = $2`,
      [ctx.workspaceId, id],
    );
    return found ?? null;
  }

  /** The statement that takes an address off the list; returns its row. */
  remove(ctx: RequestContext, id: string): Statement {
    return {
      text: `delete from suppressions where workspace_id = $1 and id = $2 returning ${COLUMNS}`,
      params: [ctx.workspaceId, id],
    };
  }

  /** Statements that suppress addresses; the last one returns {@link Suppressed} rows. */
  add(
    ctx: RequestContext,
    addresses: readonly (Address & { id: string })[],
    reason: SuppressionReason,
    note: string | null = null,
  ): Statement[] {
    const params = addParams(ctx, addresses, reason, note);
    return [ensureHashKey(ctx.workspaceId), { text: ADD_SQL, params }];
  }

  /** The same for the addresses that contacts have now. */
  addOfContacts(
    ctx: RequestContext,
    contacts: readonly { id: string; channel: Addressed; contact_id: string }[],
    reason: SuppressionReason,
  ): Statement[] {
    const params = addParams(ctx, contacts, reason, null);
    return [ensureHashKey(ctx.workspaceId), { text: ADD_OF_CONTACTS_SQL, params }];
  }

  /** The same for an address of which only the hash is known. @param hash in base64. */
  addHash(
    ctx: RequestContext,
    given: { id: string; channel: Addressed; hash: string },
    reason: SuppressionReason,
  ): Statement[] {
    return [{ text: ADD_HASHES_SQL, params: addParams(ctx, [given], reason, null) }];
  }

  /** Which of the addresses are suppressed: by their places in the list. */
  async check(
    ctx: RequestContext,
    addresses: readonly Address[],
  ): Promise<Map<number, { id: string; reason: SuppressionReason }>> {
    const given = addresses.map((address, place) => ({ ...address, place }));
    const rows = await this.database.query<{
      place: number;
      id: string;
      reason: SuppressionReason;
    }>(ctx, CHECK_SQL, [ctx.workspaceId, JSON.stringify(given)]);
    return new Map(rows.map(({ place, ...found }) => [place, found]));
  }

  /** Which addresses of contacts are suppressed. */
  ofContacts(
    ctx: Pick<RequestContext, 'workspaceId' | 'tx'>,
    contactIds: readonly string[],
  ): Promise<{ contactId: string; channel: Addressed; reason: SuppressionReason }[]> {
    return this.database.query(ctx, OF_CONTACTS_SQL, [ctx.workspaceId, contactIds]);
  }

  /** Hashes of the e-mail addresses of contacts, in base64; none for those without. */
  async emailHashes(
    ctx: Pick<RequestContext, 'workspaceId' | 'tx'>,
    contactIds: readonly string[],
  ): Promise<Map<string, string>> {
    const [, result] = await this.database.run(ctx, [
      ensureHashKey(ctx.workspaceId),
      {
        text: `select c.id, encode(${hashSql('$1', 'c.email')}, 'base64') as hash from contacts c
          where c.workspace_id = $1 and c.id = any($2::uuid[]) and c.email is not null`,
        params: [ctx.workspaceId, contactIds],
      },
    ]);
    const rows = (result?.rows ?? []) as unknown as { id: string; hash: string }[];
    return new Map(rows.map(({ id, hash }) => [id, hash]));
  }

  /** The statement that takes a contact's address off the list, where the reason is one of these. */
  lift(
    ctx: RequestContext,
    contactId: string,
    channel: Addressed,
    reasons: readonly SuppressionReason[],
  ): Statement {
    return {
      text: `delete from suppressions s
        where s.workspace_id = $1 and s.channel = $3 and s.reason = any($4::text[])
          and s.address_hash = (select ${hashSql('$1', addressSql(channel, 'c'))}
            from contacts c where c.workspace_id = $1 and c.id = $2)
        returning s.id`,
      params: [ctx.workspaceId, contactId, channel, reasons],
    };
  }
}

const addParams = (
  ctx: RequestContext,
  rows: readonly object[],
  reason: SuppressionReason,
  note: string | null,
): unknown[] => [ctx.workspaceId, JSON.stringify(rows), reason, note, ctx.principal.userId];
