import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { Database } from '../../platform/database/database.js';
import type { Statement } from '../../platform/database/pipeline.js';
import type { ColumnValues } from '../../platform/records/field-types.js';
import { contentOf } from './campaign-content.js';
import type { CampaignContent } from './campaign-content.js';
import type { CampaignStatus } from './campaign-states.js';
import type { SendTime } from './sending/start-time.js';

type Owner = Pick<RequestContext, 'workspaceId' | 'tx'>;

/** A campaign with what its workspace has settled. */
export interface StoredCampaign {
  id: string;
  version: number;
  status: CampaignStatus;
  content: CampaignContent;
  time: SendTime;
  testPercent: number | null;
  winnerBy: 'opens' | 'clicks' | 'orders' | 'manual';
  winnerAfterMinutes: number;
  winnerVariantId: string | null;
  ratePerMinute: number | null;
  uncertain: 'skip' | 'resend';
  attributionDays: number;
  /** Whether opens and clicks are looked at. */
  isTracked: boolean;
}

const WINNER_AFTER = 240;

/** SQL of campaigns besides that of every record. */
@Injectable()
export class CampaignsRepository {
  constructor(private readonly database: Database) {}

  /** A campaign outside the bin; null when there is none. */
  async find(owner: Owner, id: string): Promise<StoredCampaign | null> {
    const [row] = await this.database.query<ColumnValues>(
      owner,
      `select c.*, w.time_zone as workspace_zone, w.email_tracking from campaigns c
       join workspaces w on w.id = c.workspace_id
       where c.workspace_id = $1 and c.id = $2 and c.deleted_at is null`,
      [owner.workspaceId, id],
    );
    return row ? storedOf(row) : null;
  }

  /** Where the links of a campaign lead, by their numbers. */
  saveLinks(workspaceId: string, campaignId: string, urls: readonly string[]): Statement {
    return {
      text: `insert into campaign_links (workspace_id, campaign_id, number, url)
        select $1, $2, u.number - 1, u.url from unnest($3::text[]) with ordinality as u (url, number)
        on conflict (workspace_id, campaign_id, number) do nothing`,
      params: [workspaceId, campaignId, urls],
    };
  }
}

function storedOf(row: ColumnValues): StoredCampaign {
  const sendAt = row['send_at'];
  return {
    ...{ id: row['id'] as string, version: row['version'] as number },
    ...{ status: row['status'] as CampaignStatus, content: contentOf(row) },
    time: {
      sendAt: typeof sendAt === 'string' ? Date.parse(sendAt) : null,
      inReceiverTimeZone: row['in_receiver_time_zone'] === true,
      zone: row['workspace_zone'] as string,
    },
    testPercent: row['test_percent'] as number | null,
    winnerBy: row['winner_by'] as StoredCampaign['winnerBy'],
    winnerAfterMinutes: (row['winner_after_minutes'] as number | null) ?? WINNER_AFTER,
    winnerVariantId: row['winner_variant_id'] as string | null,
    ratePerMinute: row['rate_per_minute'] as number | null,
    uncertain: row['uncertain'] as StoredCampaign['uncertain'],
    attributionDays: row['attribution_days'] as number,
    isTracked: row['email_tracking'] === true,
  };
}
