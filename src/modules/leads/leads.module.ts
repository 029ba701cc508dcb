import { Module } from '@nestjs/common';
import { ThrottleModule } from '../../platform/throttle/throttle.module.js';
import { CompaniesModule } from '../companies/index.js';
import { ConsentModule } from '../consent/index.js';
import { ContactsModule } from '../contacts/index.js';
import { DealsModule } from '../deals/index.js';
import { AvailabilityModule } from '../users/index.js';
import { AssignmentRulesController } from './assignment/assignment-rules.controller.js';
import { AssignmentRulesRepository } from './assignment/assignment-rules.repository.js';
import { AssignmentRulesService } from './assignment/assignment-rules.service.js';
import { LeadAssigner } from './assignment/lead-assigner.js';
import { ConversionPlanner } from './conversion/conversion-planner.js';
import { ConversionWriter } from './conversion/conversion-writer.js';
import { ConversionRepository } from './conversion/conversion.repository.js';
import { ConversionService } from './conversion/conversion.service.js';
import { MatchFinder } from './conversion/match-finder.js';
import { LeadConsentsRepository } from './forms/lead-consents.repository.js';
import { LeadFormsController } from './forms/lead-forms.controller.js';
import { LeadFormsRepository } from './forms/lead-forms.repository.js';
import { LeadFormsService } from './forms/lead-forms.service.js';
import { LeadIntake } from './forms/lead-intake.js';
import { PublicFormsController } from './forms/public-forms.controller.js';
import { PublicFormsService } from './forms/public-forms.service.js';
import { SubmissionsRepository } from './forms/submissions.repository.js';
import { SubmissionsService } from './forms/submissions.service.js';
import { LeadDeedsController } from './lead-deeds.controller.js';
import { LeadDeedsService } from './lead-deeds.service.js';
import { LeadsController } from './leads.controller.js';
import { LeadsService } from './leads.service.js';

/** Leads and who gets them; all that imports and other domains need. */
@Module({
  imports: [AvailabilityModule],
  providers: [LeadsService, LeadAssigner],
  exports: [LeadsService, LeadAssigner],
})
export class LeadRecordsModule {}

/** Who may become a customer: captured, assigned, converted. */
@Module({
  imports: [
    ...[LeadRecordsModule, AvailabilityModule, ThrottleModule],
    ...[ConsentModule, ContactsModule, CompaniesModule, DealsModule],
  ],
  controllers: [
    ...[LeadsController, LeadDeedsController, AssignmentRulesController],
    ...[LeadFormsController, PublicFormsController],
  ],
  providers: [
    ...[AssignmentRulesRepository, AssignmentRulesService],
    ...[LeadDeedsService, ConversionService, ConversionPlanner, ConversionWriter],
    ...[ConversionRepository, MatchFinder],
    ...[LeadFormsRepository, LeadFormsService, LeadIntake, LeadConsentsRepository],
    ...[PublicFormsService, SubmissionsRepository, SubmissionsService],
  ],
  exports: [LeadRecordsModule],
})
export class LeadsModule {}
