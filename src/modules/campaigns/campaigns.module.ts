import { Module } from '@nestjs/common';
import { ReachabilityModule } from '../consent/index.js';
import { SegmentRecordsModule } from '../segments/index.js';
import { AudienceConditions } from './audience/audience-conditions.js';
import { AudienceRepository } from './audience/audience.repository.js';
import { BouncesController } from './bounces/bounces.controller.js';
import { BouncesRepository } from './bounces/bounces.repository.js';
import { BouncesService } from './bounces/bounces.service.js';
import { CampaignDeedsController } from './campaign-deeds.controller.js';
import { CampaignDeedsService } from './campaign-deeds.service.js';
import { CampaignPreviewController } from './campaign-preview.controller.js';
import { CampaignPreviewService } from './campaign-preview.service.js';
import { CampaignsController } from './campaigns.controller.js';
import { CampaignsRepository } from './campaigns.repository.js';
import { CampaignsService } from './campaigns.service.js';
import { FiguresController } from './figures/figures.controller.js';
import { FiguresRepository } from './figures/figures.repository.js';
import { FiguresService } from './figures/figures.service.js';
import { MailingPermission } from './mailing-permission.js';
import { PastMailsController } from './past/past-mails.controller.js';
import { PastMailsRepository } from './past/past-mails.repository.js';
import { PastMailsService } from './past/past-mails.service.js';
import { AudienceFreezer } from './sending/audience-freezer.js';
import { CampaignRunner } from './sending/campaign-runner.js';
import { CampaignSender } from './sending/campaign-sender.js';
import { CampaignTestSender } from './sending/campaign-test-sender.js';
import { CampaignWatch } from './sending/campaign-watch.js';
import { Claims } from './sending/claims.js';
import { MailMaker } from './sending/mail-maker.js';
import { Orphans } from './sending/orphans.js';
import { RecipientsRepository } from './sending/recipients.repository.js';
import { RunsRepository } from './sending/runs.repository.js';
import { SendingOptions } from './sending/sending-options.js';
import { SentEvents } from './sending/sent-events.js';
import { Winner } from './sending/winner.js';
import { WinnerWatch } from './sending/winner-watch.js';
import { CampaignNames } from './templates/campaign-names.js';
import { ContactScopes } from './templates/contact-scopes.js';
import { TrackingController } from './tracking/tracking.controller.js';
import { TrackingLinks } from './tracking/tracking-links.js';
import { TrackingRepository } from './tracking/tracking.repository.js';
import { TrackingService } from './tracking/tracking.service.js';

/** What a campaign says, to whom, and what has become of it. */
const SHARED = [
  ...[CampaignsService, CampaignsRepository, CampaignNames, ContactScopes, MailingPermission],
  ...[
    AudienceConditions,
    AudienceRepository,
    RecipientsRepository,
    FiguresRepository,
    RunsRepository,
  ],
];

/** Mails that come back, however that is told. */
@Module({
  imports: [ReachabilityModule],
  providers: [BouncesRepository, BouncesService, MailingPermission],
  exports: [BouncesService],
})
export class CampaignBouncesModule {}

/** Mails to many contacts: what people do with them. */
@Module({
  imports: [CampaignBouncesModule, ReachabilityModule, SegmentRecordsModule],
  controllers: [
    ...[CampaignsController, CampaignDeedsController, CampaignPreviewController],
    ...[FiguresController, BouncesController, PastMailsController, TrackingController],
  ],
  providers: [
    ...SHARED,
    ...[CampaignDeedsService, CampaignPreviewService, FiguresService],
    ...[PastMailsRepository, PastMailsService, TrackingRepository, TrackingService],
  ],
  exports: [CampaignsService],
})
export class CampaignsModule {}

/** The worker's side: whatever sends. */
@Module({
  imports: [ReachabilityModule, SegmentRecordsModule],
  providers: [
    ...SHARED,
    ...[SendingOptions, Claims, Orphans, AudienceFreezer, TrackingLinks],
    ...[MailMaker, SentEvents, Winner, WinnerWatch, CampaignSender],
    ...[CampaignRunner, CampaignTestSender, CampaignWatch],
  ],
  exports: [CampaignsService, WinnerWatch],
})
export class CampaignsWorkerModule {}
