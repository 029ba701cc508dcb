import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../../common/context.js';
import { Database } from '../../../platform/database/database.js';
import type { Params } from '../../../platform/records/params.js';
import { addressSql } from '../channels.js';
import type { Addressed } from '../channels.js';
import type { ConsentPurposeDto } from '../purposes/consent-purpose.dto.js';
import { hashSql } from '../suppressions/address-hash.js';

type Purpose = Pick<ConsentPurposeDto, 'id' | 'consentNeeded'>;

/** SQL of whether a contact's consent allows it; all but suppressed addresses. */
function consentSql(
  { consentNeeded }: Purpose,
  sql: Record<'contact' | 'workspace' | 'purpose' | 'channel', string>,
) {
  const { contact, workspace, purpose, channel } = sql;
  const said = `select from consents n where n.workspace_id = ${workspace}
    and n.contact_id = ${contact}.id and n.purpose_id = ${purpose} and n.channel = ${channel}`;
  return consentNeeded
    ? `exists (${said} and n.status = 'granted')`
    : `not exists (${said} and n.status <> 'granted')`;
}

/** SQL of who may be reached for a purpose. */
@Injectable()
export class ReachableRepository {
  constructor(private readonly database: Database) {}

  /** Of contacts, at most 1,000, the addresses of those who may be reached. */
  of(
    ctx: Pick<RequestContext, 'workspaceId' | 'tx'>,
    contactIds: readonly string[],
    purpose: Purpose,
    channel: Addressed,
  ): Promise<{ id: string; address: string }[]> {
    const sql = { contact: 'c', workspace: '$1', purpose: '$3', channel: '$4' };
    // Hashes first: row level security lets an index be asked for a column of a materialized
    // table, but not for what a function makes of one that it guards.
    return this.database.query(
      ctx,
      `with willing as materialized (
         select c.id, ${addressSql(channel, 'c')} as address,
           ${hashSql('$1', addressSql(channel, 'c'))} as hash
         from contacts c
         where c.workspace_id = $1 and c.id = any($2::uuid[]) and c.deleted_at is null
           and ${consentSql(purpose, sql)})
       select w.id, w.address from willing w
       left join lateral (select true as found from suppressions s
         where s.workspace_id = $1 and s.channel = $4 and s.address_hash = w.hash limit 1) s on true
       where w.address is not null and s.found is null`,
      [ctx.workspaceId, contactIds, purpose.id, channel],
    );
  }
}

/**
 * SQL condition on a row of `contacts` under an alias: whether it may be reached. For sets of any
 * size: it is answered by two joins.
 */
export function reachableSql(
  purpose: Purpose,
  channel: Addressed,
  contact: string,
  params: Params,
): string {
  const { workspace } = params;
  const [purposeId, way] = [params.add(purpose.id, 'uuid'), params.add(channel, 'text')];
  const address = addressSql(channel, contact);
  const said = consentSql(purpose, { contact, workspace, purpose: purposeId, channel: way });
  return `(${contact}.deleted_at is null and ${address} is not null and ${said}
    and not exists (select from suppressions s where s.workspace_id = ${workspace}
      and s.channel = ${way} and s.address_hash = ${hashSql(workspace, address)}))`;
}
