import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/index.js';
import { AuditController } from './audit.controller.js';
import { AuditRepository } from './audit.repository.js';
import { AuditService } from './audit.service.js';
import { EventStreams } from './event-streams.js';
import { EventsController } from './events.controller.js';
import { EventsRepository } from './events.repository.js';
import { EventsService } from './events.service.js';
import { FeedWatch } from './feed-watch.js';

/** The change feed and the audit trail. */
@Module({
  imports: [AuthModule],
  controllers: [EventsController, AuditController],
  providers: [
    EventsRepository,
    EventsService,
    FeedWatch,
    EventStreams,
    AuditRepository,
    AuditService,
  ],
  exports: [EventsService, EventStreams],
})
export class EventsModule {}
