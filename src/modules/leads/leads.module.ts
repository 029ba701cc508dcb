import { Module } from '@nestjs/common';
import { AvailabilityModule } from '../users/index.js';
import { AssignmentRulesController } from './assignment/assignment-rules.controller.js';
import { AssignmentRulesRepository } from './assignment/assignment-rules.repository.js';
import { AssignmentRulesService } from './assignment/assignment-rules.service.js';
import { LeadAssigner } from './assignment/lead-assigner.js';
import { LeadsController } from './leads.controller.js';
import { LeadsService } from './leads.service.js';

/** Who may become a customer: captured, assigned, converted. */
@Module({
  imports: [AvailabilityModule],
  controllers: [LeadsController, AssignmentRulesController],
  providers: [LeadsService, LeadAssigner, AssignmentRulesRepository, AssignmentRulesService],
  exports: [LeadsService],
})
export class LeadsModule {}
