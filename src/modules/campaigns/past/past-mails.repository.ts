import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../../platform/database/transaction.js';

/** A recipient whose mail has been sent long ago; times as RFC 3339. */
export interface PastRecipient {
  id: string;
  email: string;
  addressHash: string;
  variantId: string | null;
  state: 'sent' | 'bounced';
  sentAt: string;
  openedAt: string | null;
  opens: number;
  clickedAt: string | null;
  clicks: number;
}

/** No event tells of them (`noted`): it would say that they were sent now. */
const RECORD = `
  with told as materialized (
    select t.*, k.id as contact_id
    from json_to_recordset($3::json) as t (id uuid, email text, "addressHash" uuid,
      "variantId" uuid, state text, "sentAt" timestamptz, "openedAt" timestamptz, opens integer,
      "clickedAt" timestamptz, clicks integer)
    left join contacts k on k.workspace_id = $1 and k.email = t.email and k.deleted_at is null),
  made as (
    insert into campaign_recipients (workspace_id, id, campaign_id, contact_id, address_hash,
      variant_id, state, due_at, attempts, sent_at, noted, opened_at, opens, clicked_at, clicks)
    select $1, t.id, $2, t.contact_id, t."addressHash", t."variantId", t.state, t."sentAt", 1,
      t."sentAt", true, t."openedAt", t.opens, t."clickedAt", t.clicks
    from told t where t.contact_id is not null
    on conflict (workspace_id, campaign_id, address_hash) do nothing
    returning id)
  select (select count(*) from made) as recorded,
    array(select distinct email from told where contact_id is null order by email) as unknown`;

/** SQL of mails that another system has sent. */
@Injectable()
export class PastMailsRepository {
  /** Adds those whose address a contact has, once; how many, and the addresses that nobody has. */
  async record(
    tx: Transaction,
    workspaceId: string,
    campaignId: string,
    recipients: readonly PastRecipient[],
  ): Promise<{ recorded: number; unknown: string[] }> {
    const params = [workspaceId, campaignId, JSON.stringify(recipients)];
    const [row] = await tx.query<{ recorded: number; unknown: string[] }>(RECORD, params);
    return row as { recorded: number; unknown: string[] };
  }
}
