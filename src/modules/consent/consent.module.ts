import { Module } from '@nestjs/common';
import { ContactsModule } from '../contacts/index.js';
import { ConsentMerges } from './consents/consent-merges.js';
import { ConsentWriter } from './consents/consent-writer.js';
import { ConsentsController } from './consents/consents.controller.js';
import { ConsentsRepository } from './consents/consents.repository.js';
import { ConsentsService } from './consents/consents.service.js';
import { ConsentPurposesController } from './purposes/consent-purposes.controller.js';
import { ConsentPurposesRepository } from './purposes/consent-purposes.repository.js';
import { ConsentPurposesService } from './purposes/consent-purposes.service.js';
import { SuppressionsController } from './suppressions/suppressions.controller.js';
import { SuppressionsRepository } from './suppressions/suppressions.repository.js';
import { SuppressionsService } from './suppressions/suppressions.service.js';

/** What contacts agreed to, the pages on which they say so, and who is not to be reached. */
@Module({
  imports: [ContactsModule],
  controllers: [ConsentPurposesController, ConsentsController, SuppressionsController],
  providers: [
    ...[ConsentPurposesRepository, ConsentPurposesService],
    ...[ConsentsRepository, ConsentsService, ConsentWriter, ConsentMerges],
    ...[SuppressionsRepository, SuppressionsService],
  ],
})
export class ConsentModule {}
