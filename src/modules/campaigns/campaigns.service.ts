import { Injectable } from '@nestjs/common';
import { defineObject } from '../../platform/records/object-definition.js';
import { RecordKit } from '../../platform/records/record-kit.js';
import { RecordService } from '../../platform/records/record-service.js';
import { AudienceConditions } from './audience/audience-conditions.js';
import { prepareCampaigns } from './campaign-rules.js';
import { CampaignFields } from './campaign.dto.js';
import { MailingPermission } from './mailing-permission.js';
import { CampaignNames } from './templates/campaign-names.js';

/** What the platform needs to know of campaigns, but for what their templates may name. */
export const CAMPAIGN = defineObject({
  object: 'campaign',
  plural: 'campaigns',
  table: 'campaigns',
  fields: CampaignFields,
  title: ({ name }) => String(name ?? ''),
  subtitle: ({ subject, status }) => [subject, status].filter(Boolean).join(' · '),
  links: [],
  duplicateKeys: ['name'],
  staying: ({ values }) =>
    values['status'] === 'scheduled' || values['status'] === 'sending'
      ? `The campaign is ${String(values['status'])}: pause or cancel it first.`
      : undefined,
  actions: {
    scheduled: 'The campaign will be sent at its time.',
    started: 'Sending began.',
    paused: 'Sending stopped until it is resumed.',
    resumed: 'Sending goes on.',
    cancelled: 'Whoever has not got it yet will not get it.',
    winnerChosen: 'A variant won the test; the rest of the audience gets it.',
    sent: 'Everybody who was to get it has been dealt with.',
    pastMailsTold: 'Mails of it that another system had sent were told of.',
    uncertainResolved: 'It was decided what became of mails that nobody knew of.',
  },
});

/** Mails to many contacts. */
@Injectable()
export class CampaignsService extends RecordService {
  constructor(
    kit: RecordKit,
    names: CampaignNames,
    audiences: AudienceConditions,
    permission: MailingPermission,
  ) {
    const checks = { names, audiences, permission };
    super(kit, {
      ...CAMPAIGN,
      prepare: (_db, ctx, drafts) => prepareCampaigns(checks, ctx, drafts),
    });
  }
}
