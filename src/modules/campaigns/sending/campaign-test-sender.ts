import { Injectable, Logger } from '@nestjs/common';
import { MailError } from '../../../platform/mail/mail-message.js';
import { Mailer } from '../../../platform/mail/mailer.js';
import { HandlesJob } from '../../../platform/queue/handles-job.js';
import type { RunningJob } from '../../../platform/queue/handles-job.js';
import { SendCampaignTest } from './sending.jobs.js';
import type { CampaignTestData } from './sending.jobs.js';

/** Sends mails that are only to be looked at. */
@Injectable()
export class CampaignTestSender {
  private readonly logger = new Logger('campaigns');

  constructor(private readonly mailer: Mailer) {}

  /** An address that the server refuses is given up; whatever passes is tried again. */
  @HandlesJob(SendCampaignTest)
  async send({ data }: Pick<RunningJob<CampaignTestData>, 'data'>): Promise<void> {
    const { address, subject, html, text, fromAddress, fromName, replyTo } = data;
    try {
      await this.mailer.send({
        to: { address },
        ...(fromAddress === null ? {} : { from: { address: fromAddress, name: fromName ?? '' } }),
        ...(replyTo === null ? {} : { replyTo }),
        ...{ subject: `[Test] ${subject}`, text },
        ...(html === null ? {} : { html }),
      });
    } catch (error) {
      if (!(error instanceof MailError && error.failure === 'refused')) throw error;
      this.logger.warn({ error }, 'A test mail was refused');
    }
  }
}
