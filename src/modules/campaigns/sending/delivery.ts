import { MailError } from '../../../platform/mail/mail-message.js';
import type { Mailer } from '../../../platform/mail/mailer.js';
import type { StoredCampaign } from '../campaigns.repository.js';
import type { DeliveryLedger } from './delivery-ledger.js';
import type { Made } from './mail-maker.js';
import type { OutgoingJournal } from './outgoing-journal.js';
import type { Claimed, Outcome } from './recipients.repository.js';
import type { RunLease } from './run-lease.js';

/** What a mail's way says of those behind it. */
export type Delivered =
  | { kind: 'done' }
  /** The address does not exist: nothing more goes there. */
  | { kind: 'bounced'; address: string }
  /** The campaign was paused or cancelled, or is another run's. */
  | { kind: 'stopped' }
  /** The server takes no mails at present. */
  | { kind: 'trouble'; message: string }
  /** It will take none of this campaign as it is. */
  | { kind: 'refused'; message: string };

type Unmade = Extract<Made, { message: null }>;

/** Why a mail was not ended. */
interface Gate {
  isStopped: boolean;
  broken?: Error;
}

const DONE: Delivered = { kind: 'done' };
const LONGEST_REASON = 500;

/** Hands mails over one by one, each so that it is known what became of it whoever dies. */
export class Delivery {
  constructor(
    private readonly mailer: Pick<Mailer, 'send'>,
    private readonly ledger: DeliveryLedger,
    private readonly journal: OutgoingJournal,
    private readonly lease: Pick<RunLease, 'isValid'>,
    private readonly policy: Pick<StoredCampaign, 'uncertain'>,
    private readonly retries: readonly number[],
  ) {}

  /** @throws what kept the outcome from being written down; the mail's row is then an orphan. */
  async deliver(made: Made): Promise<Delivered> {
    const { claimed } = made;
    if (made.message === null) {
      await this.ledger.settle(this.unmade(claimed, made));
      return DONE;
    }
    const gate: Gate = { isStopped: false };
    try {
      await this.mailer.send(made.message, {
        beforeEnd: () => this.beforeEnd(claimed.id, gate),
        atEnd: () => this.atEnd(claimed.id, gate),
        afterEnd: () => this.journal.ended(claimed.id),
      });
    } catch (error) {
      if (gate.broken !== undefined) throw gate.broken;
      if (gate.isStopped) return this.putBack(claimed, { kind: 'stopped' });
      if (!(error instanceof MailError)) throw error;
      return this.failed(claimed, made.message.to.address, error);
    }
    await this.ledger.settle(outcomeOf(claimed, { state: 'sent', tries: 1 }));
    return DONE;
  }

  /**
   * The write-ahead: committed first; what follows is noted on this machine, and then the mail ends.
   * @throws Error when it must not end; `gate` says why.
   */
  private async beforeEnd(id: string, gate: Gate): Promise<void> {
    try {
      const isMarked = await this.ledger.mark(id);
      gate.isStopped = !isMarked || !this.lease.isValid;
    } catch (error) {
      gate.broken = error as Error;
      throw error;
    }
    if (gate.isStopped) throw new Error('The mail is not to be sent any more');
  }

  private atEnd(id: string, gate: Gate): void {
    try {
      this.journal.ending(id);
    } catch (error) {
      gate.broken = error as Error;
      throw error;
    }
  }

  private async failed(claimed: Claimed, address: string, error: MailError): Promise<Delivered> {
    const reason = error.message.slice(0, LONGEST_REASON);
    const about = subjectOf(error);
    if (error.failure !== 'unknown') this.journal.refused(claimed.id);
    switch (error.failure) {
      case 'unknown':
        await this.ledger.settle(this.uncertain(claimed, reason));
        return DONE;
      case 'unconfigured':
        return this.putBack(claimed, { kind: 'refused', message: reason });
      case 'refused':
        if (about === 'sender') return this.putBack(claimed, { kind: 'refused', message: reason });
        await this.ledger.settle(outcomeOf(claimed, { state: 'bounced', reason, tries: 1 }));
        return about === 'receiver' ? { kind: 'bounced', address } : DONE;
      case 'temporary':
        // What the server says of the sender, such as too many mails, goes for all of them.
        if (about === 'server' || about === 'sender') {
          return this.putBack(claimed, { kind: 'trouble', message: reason });
        }
        await this.ledger.settle(this.again(claimed, reason));
        return DONE;
    }
  }

  private async putBack(claimed: Claimed, result: Delivered): Promise<Delivered> {
    await this.ledger.settle(outcomeOf(claimed, { state: 'pending' }));
    return result;
  }

  private uncertain(claimed: Claimed, reason: string): Outcome {
    if (this.policy.uncertain === 'resend') return this.again(claimed, reason);
    return outcomeOf(claimed, { state: 'uncertain', reason, tries: 1 });
  }

  /** What took too long to make on a busy machine gets a second chance. */
  private unmade(claimed: Claimed, { reason, isFault }: Unmade): Outcome {
    if (!isFault) return outcomeOf(claimed, { state: 'skipped', reason });
    if (claimed.attempts === 0) return this.again(claimed, reason);
    return outcomeOf(claimed, { state: 'failed', reason, tries: 1 });
  }

  private again(claimed: Claimed, reason: string): Outcome {
    const wait = this.retries[claimed.attempts];
    if (wait === undefined) return outcomeOf(claimed, { state: 'failed', reason, tries: 1 });
    return outcomeOf(claimed, { state: 'pending', reason, tries: 1, wait });
  }
}

const outcomeOf = (
  { id }: Claimed,
  outcome: Pick<Outcome, 'state'> & Partial<Outcome>,
): Outcome => ({ reason: null, tries: 0, wait: 0, ...outcome, id });

/** Whom or what a server's answer is about. */
function subjectOf({ status, cause }: MailError): 'server' | 'sender' | 'receiver' | 'message' {
  const { command = '' } = (cause ?? {}) as { command?: string };
  // 421: it is closing, whatever was asked last.
  if (status === null || status === 421) return 'server';
  if (command.startsWith('RCPT')) return 'receiver';
  if (command.startsWith('MAIL')) return 'sender';
  return command.startsWith('DATA') ? 'message' : 'server';
}
