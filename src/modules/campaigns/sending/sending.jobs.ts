import { IsEmail, IsOptional, IsString, IsUUID } from 'class-validator';
import { defineJob, NoData } from '../../../platform/queue/job-contract.js';

export class CampaignJobData {
  @IsUUID() campaignId!: string;
}

/** Sends what is due of a campaign. Asked for again at any time: it does what is left. */
export const RunCampaign = defineJob({
  name: 'run-campaign',
  data: CampaignJobData,
  // A worker without its database waits for hours rather than giving a campaign up.
  options: { attempts: 50, backoff: 1000, concurrency: 3, lockDuration: 10_000 },
});

/** Looks for campaigns whose job was lost, with its queue or after many failures. */
export const WatchCampaigns = defineJob({
  name: 'watch-campaigns',
  data: NoData,
  options: { attempts: 3, schedule: { every: 60_000 } },
});

export class CampaignTestData {
  @IsEmail() address!: string;
  @IsString() subject!: string;
  @IsOptional() @IsString() html!: string | null;
  @IsString() text!: string;
  @IsOptional() @IsString() fromAddress!: string | null;
  @IsOptional() @IsString() fromName!: string | null;
  @IsOptional() @IsString() replyTo!: string | null;
}

/** Sends one mail to somebody who wants to look at it; at least once. */
export const SendCampaignTest = defineJob({
  name: 'send-campaign-test',
  data: CampaignTestData,
  options: { attempts: 5, backoff: 2000, concurrency: 2 },
});

/** One key for a campaign: asking while it runs makes it run once more afterwards. */
export const runKey = (campaignId: string): string => `run-campaign-${campaignId}`;
