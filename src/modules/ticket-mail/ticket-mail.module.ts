import { Module } from '@nestjs/common';
import { FilesModule } from '../../platform/files/files.module.js';
import { CampaignBouncesModule } from '../campaigns/index.js';
import { ContactsModule } from '../contacts/index.js';
import { TicketsModule } from '../tickets/index.js';
import { InboundEmailsController } from './inbound/inbound-emails.controller.js';
import { InboundEmailsRepository } from './inbound/inbound-emails.repository.js';
import { InboundEmailsService } from './inbound/inbound-emails.service.js';
import { InboundEmailsUpkeep } from './inbound/inbound-emails.upkeep.js';
import { MailFiles } from './inbound/mail-files.js';
import { TicketIntake } from './inbound/ticket-intake.js';
import { ReplyEvents } from './outbound/reply-events.js';
import { ReplyLettersRepository } from './outbound/reply-letters.repository.js';
import { ReplyMailer } from './outbound/reply-mailer.js';
import { MailSettingsController } from './settings/mail-settings.controller.js';
import { MailSettingsRepository } from './settings/mail-settings.repository.js';
import { MailSettingsService } from './settings/mail-settings.service.js';

/** Tickets by e-mail: what customers send. */
@Module({
  imports: [CampaignBouncesModule, ContactsModule, FilesModule, TicketsModule],
  controllers: [InboundEmailsController, MailSettingsController],
  providers: [
    ...[InboundEmailsRepository, InboundEmailsService, MailFiles, TicketIntake],
    ...[MailSettingsRepository, MailSettingsService],
  ],
})
export class TicketMailModule {}

/** What users answer, on its way out, and upkeep. */
@Module({
  imports: [FilesModule],
  providers: [...[ReplyEvents, ReplyLettersRepository, ReplyMailer], InboundEmailsUpkeep],
  exports: [ReplyMailer],
})
export class TicketMailWorkerModule {}
