import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../../common/context.js';
import type { Transaction } from '../../../platform/database/transaction.js';
import type { BounceType } from './bounce.dto.js';

/** A mail that came back. */
export interface BouncedRow {
  id: string;
  campaignId: string;
  addressHash: string;
  /** Address of the contact now. */
  email: string | null;
}

/** A complaint is about a mail that arrived. */
const RECORD = `
  with told as materialized (
    select * from json_to_recordset($2::json) as g (id uuid, type text, reason text)),
  changed as (
    update campaign_recipients r set
      state = case when t.type = 'permanent' then 'bounced' else r.state end,
      reason = coalesce(t.reason, t.type)
    from told t
    where r.workspace_id = $1 and r.id = t.id and r.state in ('sent', 'uncertain')
      and r.reason is distinct from coalesce(t.reason, t.type)
    returning r.id, r.campaign_id, r.address_hash, r.contact_id)
  select c.id, c.campaign_id as "campaignId", c.address_hash as "addressHash", k.email
  from changed c left join contacts k on k.workspace_id = $1 and k.id = c.contact_id
  order by c.id`;

/** SQL of mails that came back. */
@Injectable()
export class BouncesRepository {
  /** Those of the recipients whose mail was taken for sent until now. */
  record(
    tx: Transaction,
    ctx: RequestContext,
    bounces: readonly { id: string; type: BounceType; reason: string | null }[],
  ): Promise<BouncedRow[]> {
    return tx.query<BouncedRow>(RECORD, [ctx.workspaceId, JSON.stringify(bounces)]);
  }
}
