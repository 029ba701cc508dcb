import { IsUUID } from 'class-validator';
import { defineJob } from '../../platform/queue/job-contract.js';

export class AskForConfirmationData {
  @IsUUID() contactId!: string;
  @IsUUID() purposeId!: string;
  /** Entry of the history that the contact is asked about. */
  @IsUUID() requestId!: string;
}

/** Sends the mail that asks a contact to confirm their consent. */
export const AskForConfirmation = defineJob({
  name: 'consent-confirmation',
  data: AskForConfirmationData,
  options: { attempts: 12, backoff: 5000, concurrency: 4 },
});
