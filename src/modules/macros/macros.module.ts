import { Module } from '@nestjs/common';
import { TicketsModule } from '../tickets/index.js';
import { MacroApplicationService } from './macro-application.service.js';
import { MacrosController } from './macros.controller.js';
import { MacrosRepository } from './macros.repository.js';
import { MacrosService } from './macros.service.js';
import { TicketMacrosController } from './ticket-macros.controller.js';

/** Canned replies, with what is done to the ticket besides. */
@Module({
  imports: [TicketsModule],
  controllers: [MacrosController, TicketMacrosController],
  providers: [MacrosService, MacrosRepository, MacroApplicationService],
  exports: [MacrosService],
})
export class MacrosModule {}
