import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import type { Statement } from '../../platform/database/pipeline.js';
import type {
  Draft,
  Questions,
  RecordRules,
  WrittenRow,
} from '../../platform/records/record-rules.js';

/**
 * What another domain, such as service levels, adds to every write of tickets: one by one, in
 * batches, from files and when those are reverted, by deeds and by hand-overs. A reply, an assignment and a change of status are writes too:
 * `draft.deed` names them, and the columns say what they changed (`first_responded_at`,
 * `last_customer_message_at`, `status_category`, `owner_id` …).
 */
export interface TicketListener {
  /**
   * Called in the transaction of the write, after tickets' own rules and before the write; drafts
   * have their final values then. May ask the database and give values.
   */
  follow?: RecordRules['follow'];
  /** Statements that are run after the write, in its transaction. */
  sides?: RecordRules['sides'];
}

/** Where other domains listen to tickets, without tickets knowing them. */
@Injectable()
export class TicketListeners {
  private readonly listeners: TicketListener[] = [];

  register(listener: TicketListener): void {
    this.listeners.push(listener);
  }

  async follow(db: Questions, ctx: RequestContext, drafts: readonly Draft[]): Promise<void> {
    for (const { follow } of this.listeners) await follow?.(db, ctx, drafts);
  }

  sides(ctx: RequestContext, rows: readonly WrittenRow[]): Statement[] {
    return this.listeners.flatMap(({ sides }) => sides?.(ctx, rows) ?? []);
  }
}
