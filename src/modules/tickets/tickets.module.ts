import { Module } from '@nestjs/common';
import { AvailabilityModule } from '../users/index.js';
import { FilesModule } from '../../platform/files/files.module.js';
import { UploadIdempotency } from '../../platform/http/upload-idempotency.js';
import { TicketAttachmentsController } from './ticket-attachments.controller.js';
import { TicketAttachmentsRepository } from './ticket-attachments.repository.js';
import { TicketAttachmentsService } from './ticket-attachments.service.js';
import { TicketConversationsController } from './ticket-conversations.controller.js';
import { TicketConversationsService } from './ticket-conversations.service.js';
import { TicketDeedsController } from './ticket-deeds.controller.js';
import { TicketListeners } from './ticket-listeners.js';
import { TicketMessagesRepository } from './ticket-messages.repository.js';
import { TicketSplitsService } from './ticket-splits.service.js';
import { TicketStatusesController } from './ticket-statuses.controller.js';
import { TicketStatusesRepository } from './ticket-statuses.repository.js';
import { TicketStatusesService } from './ticket-statuses.service.js';
import { TicketsController } from './tickets.controller.js';
import { TicketsService } from './tickets.service.js';

/** What customers want to have dealt with, from the first message to the last. */
@Module({
  imports: [AvailabilityModule, FilesModule],
  controllers: [
    ...[TicketsController, TicketDeedsController, TicketStatusesController],
    ...[TicketConversationsController, TicketAttachmentsController],
  ],
  providers: [
    ...[TicketListeners, TicketsService, TicketStatusesRepository, TicketStatusesService],
    ...[TicketMessagesRepository, TicketAttachmentsRepository],
    ...[TicketConversationsService, TicketSplitsService],
    ...[TicketAttachmentsService, UploadIdempotency],
  ],
  exports: [TicketListeners, TicketsService, TicketConversationsService, TicketAttachmentsService],
})
export class TicketsModule {}
