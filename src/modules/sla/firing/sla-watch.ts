import { Injectable, Logger } from '@nestjs/common';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import { BackgroundLoop } from '../../../common/background-loop.js';
import { Clock } from '../../../common/clock.js';
import { Database, SYSTEM } from '../../../platform/database/database.js';
import type { Transaction } from '../../../platform/database/transaction.js';
import type { ObjectDefinition } from '../../../platform/records/object-definition.js';
import { RecordKit } from '../../../platform/records/record-kit.js';
import { RecordStore } from '../../../platform/records/record-store.js';
import { reach } from '../clocks/sla-clock.js';
import { clocksOf, clocksStatement, saveClocks } from '../clocks/sla-clocks.repository.js';
import type { TicketClock } from '../clocks/sla-clocks.repository.js';
import { slaContext } from '../clocks/sla-context.js';
import { versionOf } from '../clocks/sla-keeper.js';
import { SlaTermsStore } from '../clocks/sla-terms.store.js';
import { BATCH, dueWorkspaces, holdDue } from './firing.repository.js';
import { SlaWriter } from './sla-writer.js';
import type { DueTicket } from './sla-writer.js';

/**
 * Fires what the clocks of tickets have reached: warnings, breaches and escalations.
 *
 * A clock's row with its time (`next_at`) is the delayed job. It is written in the transaction of
 * the ticket's change, so none is lost or left over as one beside it could be, and it moves when
 * the ticket is paused, answered or given another priority, without a job to take back. As rows
 * are looked for by their time, all of it fires after any pause, in its order; and as what has
 * fired is noted in the transaction that writes the events and does the escalation, while the
 * ticket is held, nothing fires twice, however many workers look and whoever dies.
 */
@Injectable()
export class SlaWatch implements BeforeApplicationShutdown {
  private readonly logger = new Logger('sla');
  private readonly loop = new BackgroundLoop(() => this.fire(), {
    shortest: 250,
    longest: 1000,
    onError: (error) => this.logger.warn({ error }, 'SLA clocks could not be read; will retry'),
  });

  constructor(
    private readonly database: Database,
    private readonly kit: RecordKit,
    private readonly terms: SlaTermsStore,
    private readonly writer: SlaWriter,
    private readonly clock: Clock,
  ) {}

  /** Looks after clocks all the time. Any number of workers may. */
  start(): void {
    this.loop.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.loop.stop();
  }

  /** Fires what is due; true when there may be more. */
  async fire(): Promise<boolean> {
    const now = this.clock.now();
    const question = dueWorkspaces(new Date(now).toISOString());
    const [found] = await this.database.run(SYSTEM, [question]);
    let more = false;
    for (const { workspaceId } of (found?.rows ?? []) as { workspaceId: string }[]) {
      more = (await this.fireIn(workspaceId, now)) || more;
    }
    return more;
  }

  private fireIn(workspaceId: string, now: number): Promise<boolean> {
    return this.database.transaction({ workspaceId }, async (tx) => {
      const [held] = await tx.run([holdDue(workspaceId, new Date(now).toISOString())]);
      const due = held?.rows ?? [];
      if (due.length === 0) return false;
      const ids = [...new Set(due.map(({ id }) => id as string))];
      const tickets = await this.reached(tx, workspaceId, ids, now);
      await this.writer.write(slaContext(workspaceId, tx), tickets, now);
      return due.length === BATCH;
    });
  }

  /** Moves the clocks on and tells what each ticket has reached. */
  private async reached(
    tx: Transaction,
    workspaceId: string,
    ids: readonly string[],
    now: number,
  ): Promise<DueTicket[]> {
    const ctx = slaContext(workspaceId, tx);
    const store = new RecordStore(this.kit.get('ticket') as ObjectDefinition);
    const rows = await store.lock(tx, ctx, ids);
    const [found] = await tx.run([clocksStatement(workspaceId, ids)]);
    const clocks = clocksOf(found?.rows ?? []);
    const termsOf = await this.terms.termsOf(tx, workspaceId, clocks.map(versionOf));
    const moved: TicketClock[] = [];
    const byTicket = Map.groupBy(clocks, ({ ticketId }) => ticketId);
    const tickets = [...byTicket].flatMap(([ticketId, own]): DueTicket[] => {
      const row = rows.get(ticketId);
      if (!row) return [];
      const items = own.map((clock) => {
        if (clock.nextAt === null || clock.nextAt > now) return { clock, reached: [] };
        const { clock: after, reached } = reach(clock, termsOf(versionOf(clock)), now, true);
        moved.push({ ...after, ticketId });
        return { clock: after, reached };
      });
      return [{ row, clocks: items }];
    });
    if (moved.length > 0) await tx.run([saveClocks(workspaceId, moved)]);
    return tickets;
  }
}
