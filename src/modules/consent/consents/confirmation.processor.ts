import { Injectable, Logger } from '@nestjs/common';
import { html } from '../../../platform/http/web-page.js';
import { MailError } from '../../../platform/mail/mail-message.js';
import type { MailMessage } from '../../../platform/mail/mail-message.js';
import { Mailer } from '../../../platform/mail/mailer.js';
import { HandlesJob } from '../../../platform/queue/handles-job.js';
import type { RunningJob } from '../../../platform/queue/handles-job.js';
import { ConsentLinks } from '../consent-links.js';
import { AskForConfirmation } from '../consent.jobs.js';
import type { AskForConfirmationData } from '../consent.jobs.js';
import { ConfirmationRepository } from './confirmation.repository.js';
import type { Asked } from './confirmation.repository.js';

/** Asks contacts to confirm what they, or somebody with their address, asked for. */
@Injectable()
export class ConfirmationProcessor {
  private readonly logger = new Logger('consent');

  constructor(
    private readonly requests: ConfirmationRepository,
    private readonly links: ConsentLinks,
    private readonly mailer: Mailer,
  ) {}

  /**
   * Sends the mail. Run twice after a death it may send it twice, with the same Message-ID, which
   * mailboxes show once; the contact may always have been asked and never lacks the mail.
   */
  @HandlesJob(AskForConfirmation)
  async ask(job: RunningJob<AskForConfirmationData>): Promise<void> {
    const workspaceId = job.workspaceId ?? '';
    const asked = await this.requests.find(workspaceId, job.data);
    if (!asked) return;
    const url = await this.links.confirmUrl({ workspaceId, ...job.data });
    const { hostname } = new URL(url);
    const messageId = `<consent-${job.data.requestId}-${asked.asks}@${hostname}>`;
    try {
      await this.mailer.send(messageOf(asked, url, messageId));
    } catch (error) {
      if (!(error instanceof MailError) || error.failure !== 'refused') throw error;
      // The consent stays pending: nobody can have confirmed it.
      this.logger.warn({ error, requestId: job.data.requestId }, 'A mail for consent was refused');
    }
  }
}

function messageOf(asked: Asked, url: string, messageId: string): MailMessage {
  const { email, name, workspace, purpose, description, consentText } = asked;
  const hello = name === '' ? 'Hello,' : `Hello ${name},`;
  const wish = `you, or somebody with your address, asked ${workspace} for: ${purpose}.`;
  const what = [description, consentText].filter((text) => text !== null);
  const how = 'Please confirm it: open this page and press the button.';
  const end = 'The link is good for 7 days. If it was not you, do nothing: you will get nothing.';
  const lines = [hello, wish, ...what, how, url, end];
  return {
    to: { address: email },
    subject: `Please confirm: ${purpose}`,
    text: `${lines.join('\n\n')}\n`,
    html: html`<p>${hello}</p>
      <p>${wish}</p>
      ${what.map((text) => html`<p>${text}</p>`)}
      <p>${how}</p>
      <p><a href="${url}">${url}</a></p>
      <p>${end}</p>`.source,
    messageId,
    // A vacation notice in answer to this would be one too many.
    headers: { 'Auto-Submitted': 'auto-generated' },
  };
}
