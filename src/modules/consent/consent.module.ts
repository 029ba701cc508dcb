import { Module } from '@nestjs/common';
import { ContactsModule } from '../contacts/index.js';
import { ConsentLinks } from './consent-links.js';
import { ConfirmationProcessor } from './consents/confirmation.processor.js';
import { ConfirmationRepository } from './consents/confirmation.repository.js';
import { ConsentMerges } from './consents/consent-merges.js';
import { ConsentWriter } from './consents/consent-writer.js';
import { ConsentsController } from './consents/consents.controller.js';
import { ConsentsRepository } from './consents/consents.repository.js';
import { ConsentsService } from './consents/consents.service.js';
import { FormConsents } from './consents/form-consents.js';
import { Reachability } from './mailing/reachability.js';
import { ReachableRepository } from './mailing/reachable.repository.js';
import { PublicConsentController } from './public/public-consent.controller.js';
import { PublicConsentService } from './public/public-consent.service.js';
import { ConsentPurposesController } from './purposes/consent-purposes.controller.js';
import { ConsentPurposesRepository } from './purposes/consent-purposes.repository.js';
import { ConsentPurposesService } from './purposes/consent-purposes.service.js';
import { SuppressionsController } from './suppressions/suppressions.controller.js';
import { SuppressionsRepository } from './suppressions/suppressions.repository.js';
import { SuppressionsService } from './suppressions/suppressions.service.js';

/** Who may be reached for what, and who is not to be; all that those who send need. */
@Module({
  providers: [
    ...[ConsentPurposesRepository, SuppressionsRepository, SuppressionsService],
    ...[ConsentLinks, ReachableRepository, Reachability],
  ],
  exports: [
    ...[ConsentPurposesRepository, SuppressionsRepository, SuppressionsService],
    ...[ConsentLinks, Reachability],
  ],
})
export class ReachabilityModule {}

/** What contacts agreed to, the pages on which they say so, and who is not to be reached. */
@Module({
  imports: [ContactsModule, ReachabilityModule],
  controllers: [
    ...[ConsentPurposesController, ConsentsController, SuppressionsController],
    PublicConsentController,
  ],
  providers: [
    ConsentPurposesService,
    ...[ConsentsRepository, ConsentsService, ConsentWriter, ConsentMerges],
    FormConsents,
    PublicConsentService,
  ],
  exports: [ReachabilityModule, FormConsents],
})
export class ConsentModule {}

/** The worker's side: mails that ask for consent. */
@Module({
  imports: [ReachabilityModule],
  providers: [ConfirmationProcessor, ConfirmationRepository],
  exports: [ReachabilityModule],
})
export class ConsentWorkerModule {}
