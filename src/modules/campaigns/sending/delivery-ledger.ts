import type { Database } from '../../../platform/database/database.js';
import type { Outcome, RecipientsRepository } from './recipients.repository.js';
import type { RunKey } from './runs.repository.js';

interface Question {
  id: string;
  answer: (mayBeSent: boolean) => void;
  fail: (error: unknown) => void;
}

interface Report {
  outcome: Outcome;
  done: () => void;
  fail: (error: unknown) => void;
}

/**
 * Writes down, for all mails under way, what is about to be sent and what became of it: whatever
 * comes while one write is on its way goes together into the next, so that many connections share
 * a commit. A mail is marked in the transaction that settles those before it.
 */
export class DeliveryLedger {
  private questions: Question[] = [];
  private reports: Report[] = [];
  private writing = false;

  constructor(
    private readonly database: Database,
    private readonly recipients: RecipientsRepository,
    private readonly key: RunKey,
  ) {}

  /** Whether a mail may be sent now; if so, it is committed that it is being sent. */
  mark(id: string): Promise<boolean> {
    return new Promise((answer, fail) => {
      this.questions.push({ id, answer, fail });
      this.look();
    });
  }

  /** Settles what became of a mail. */
  settle(outcome: Outcome): Promise<void> {
    return new Promise((done, fail) => {
      this.reports.push({ outcome, done, fail });
      this.look();
    });
  }

  private look(): void {
    if (this.writing || this.questions.length + this.reports.length === 0) return;
    this.writing = true;
    const [questions, reports] = [this.questions, this.reports];
    this.questions = [];
    this.reports = [];
    void this.write(questions, reports).finally(() => {
      this.writing = false;
      this.look();
    });
  }

  private async write(questions: readonly Question[], reports: readonly Report[]): Promise<void> {
    try {
      const ids = questions.map(({ id }) => id);
      const [, marked] = await this.database.run(this.key, [
        this.recipients.settle(
          this.key,
          reports.map(({ outcome }) => outcome),
        ),
        this.recipients.mark(this.key, ids),
      ]);
      const allowed = new Set((marked?.rows ?? []).map(({ id }) => id));
      for (const { done } of reports) done();
      for (const { id, answer } of questions) answer(allowed.has(id));
    } catch (error) {
      for (const { fail } of [...reports, ...questions]) fail(error);
    }
  }
}
