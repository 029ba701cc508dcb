import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../../common/context.js';
import { Problem } from '../../../common/errors.js';
import { uuidv7 } from '../../../common/uuid.js';
import { parseGrants } from '../../../platform/access/permissions.js';
import { Database } from '../../../platform/database/database.js';
import type { Transaction } from '../../../platform/database/transaction.js';
import type { PageJson } from '../../../platform/http/answers.js';
import { idPage, readIdPage } from '../../../platform/http/id-page.js';
import { BouncesService } from '../../campaigns/index.js';
import { INBOUND_RESULTS } from './inbound-email.dto.js';
import type { ReceivedEmailDto } from './inbound-email.dto.js';
import { InboundEmailsRepository } from './inbound-emails.repository.js';
import type { Outcome } from './inbound-emails.repository.js';
import { MailFiles } from './mail-files.js';
import { MailReading } from './mail-reading.js';
import type { Envelope } from './mail-reading.js';
import { TicketIntake } from './ticket-intake.js';

/** Whoever may hand mails over makes tickets and contacts of them, and nothing else. */
const GRANTS = parseGrants(['ticket:*', 'contact:*']);

/** Mails that customers send. */
@Injectable()
export class InboundEmailsService {
  constructor(
    private readonly database: Database,
    private readonly emails: InboundEmailsRepository,
    private readonly files: MailFiles,
    private readonly intake: TicketIntake,
    private readonly bounces: BouncesService,
  ) {}

  /** What has come in, the newest first. @throws Problem 400. */
  async list(ctx: RequestContext, { result, ...rest }: Record<string, unknown>): Promise<PageJson> {
    const wanted = INBOUND_RESULTS.find((known) => known === result);
    if (result !== undefined && wanted === undefined) {
      const detail = `result must be one of ${INBOUND_RESULTS.join(', ')}.`;
      throw new Problem('invalid-parameter', detail);
    }
    const page = readIdPage(rest);
    return idPage(await this.emails.find(ctx, wanted ?? null, page), page);
  }

  /**
   * Takes a raw mail: as a reply to the ticket it answers, or as a new one. The same mail again, by
   * its Message-ID or else by its bytes, changes nothing.
   * @throws Problem 413.
   */
  async receive(
    ctx: RequestContext,
    source: AsyncIterable<Buffer>,
    envelope: Envelope,
  ): Promise<ReceivedEmailDto> {
    const reading = new MailReading(ctx, this.emails, this.files, envelope);
    let received: ReceivedEmailDto | null = null;
    try {
      await reading.read(source);
      received = reading.known ? null : await this.settle(ctx, reading);
      return received ?? (await this.duplicateOf(ctx, reading));
    } finally {
      if (received === null || received.result === 'stopped') {
        await this.files.discard(ctx, reading.files);
      }
    }
  }

  /** Notes the mail down and makes of it what it is; null when it has come before after all. */
  private async settle(
    ctx: RequestContext,
    reading: MailReading,
  ): Promise<ReceivedEmailDto | null> {
    const work = (tx: Transaction) => this.write(tx, ctx, reading);
    try {
      return await this.database.transaction(ctx, work);
    } catch (error) {
      // Somebody has made the contact meanwhile: now it is found.
      if (!(error instanceof Problem) || error.code !== 'duplicate') throw error;
      return this.database.transaction(ctx, work);
    }
  }

  private async write(
    tx: Transaction,
    ctx: RequestContext,
    reading: MailReading,
  ): Promise<ReceivedEmailDto | null> {
    const entry = reading.entry(uuidv7());
    if (!(await this.emails.claim(tx, ctx.workspaceId, entry))) return null;
    const outcome = await this.outcomeOf(tx, ctx, reading);
    await this.emails.settle(tx, ctx.workspaceId, entry.id, outcome);
    const bounced = await this.bouncedBy({ ...ctx, tx }, reading);
    return { id: entry.id, ...outcome, bounced };
  }

  /** Records what a report tells of mails of campaigns; how many are known as returned by it. */
  private async bouncedBy(ctx: RequestContext, { report }: MailReading): Promise<number> {
    if (!report) return 0;
    const { messageIds, type, reason } = report;
    const bounces = messageIds.map((messageId) => ({
      ...{ messageId, type },
      ...(reason === null ? {} : { reason }),
    }));
    return (await this.bounces.record(ctx, { bounces })).recorded;
  }

  private async outcomeOf(
    tx: Transaction,
    ctx: RequestContext,
    { head, stopped, text, files, leftOut, recipient }: MailReading,
  ): Promise<Outcome> {
    if (stopped !== null || !head?.from) {
      const reason = stopped ?? 'noSender';
      return { result: 'stopped', reason, ticketId: null, messageId: null };
    }
    const { from } = head;
    const mail = { head: { ...head, from }, text, files, leftOut, recipient };
    return this.intake.take(tx, { ...ctx, grants: GRANTS, tx }, mail);
  }

  private async duplicateOf(ctx: RequestContext, reading: MailReading): Promise<ReceivedEmailDto> {
    const { key } = reading.entry('');
    const known = reading.known ?? (await this.emails.findByKey(ctx, key));
    if (!known) throw new Problem('unavailable', 'The mail is being dealt with. Send it again.');
    const { id, reason, ticketId, messageId } = known;
    return { id, result: 'duplicate', reason, ticketId, messageId, bounced: 0 };
  }
}
