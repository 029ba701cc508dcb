import { Module } from '@nestjs/common';
import { TicketsModule } from '../tickets/index.js';
import { AvailabilityModule } from '../users/index.js';
import { SlaKeeper } from './clocks/sla-keeper.js';
import { SlaTermsStore } from './clocks/sla-terms.store.js';
import { TicketSlaController } from './figures/ticket-sla.controller.js';
import { TicketSlaService } from './figures/ticket-sla.service.js';
import { EscalationLetters } from './firing/escalation-letters.js';
import { SlaWatch } from './firing/sla-watch.js';
import { SlaWriter } from './firing/sla-writer.js';
import { PolicyApplier } from './policies/policy-applier.js';
import { SlaPoliciesController } from './policies/sla-policies.controller.js';
import { SlaPoliciesRepository } from './policies/sla-policies.repository.js';
import { SlaPoliciesService } from './policies/sla-policies.service.js';

/** The clocks of tickets: wherever tickets are written. */
@Module({
  imports: [TicketsModule, AvailabilityModule],
  providers: [SlaTermsStore, SlaKeeper, SlaWriter, SlaWatch, EscalationLetters],
  exports: [SlaTermsStore, SlaKeeper, SlaWatch],
})
export class SlaClocksModule {}

/** What is promised to customers, and how tickets stand with it. */
@Module({
  imports: [SlaClocksModule, TicketsModule],
  controllers: [SlaPoliciesController, TicketSlaController],
  providers: [SlaPoliciesRepository, SlaPoliciesService, TicketSlaService],
})
export class SlaModule {}

/** The worker's side: clocks, and policies that change. */
@Module({
  imports: [SlaClocksModule],
  providers: [PolicyApplier],
  exports: [SlaClocksModule],
})
export class SlaWorkerModule {}
