import type { INestApplicationContext } from '@nestjs/common';
import type { Config } from '../../src/config/config.js';
import { Clock } from '../../src/common/clock.js';
import { SlaWatch } from '../../src/modules/sla/index.js';
import { query } from './database.js';
import { startWorker } from './imports.js';
import { startServer } from './server.js';
import type { Client, TestServer } from './server.js';
import { eventually } from './worker-app.js';

export const OFFICE = Object.fromEntries(
  ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'].map((day) => [
    day,
    [{ from: '09:00', to: '17:00' }],
  ]),
);

const UNAPPLIED = `
  select name from job_outbox where name = 'apply-sla-policies' and published_at is null
  union all
  select name from bullmq.job where name = 'apply-sla-policies' and state <> 'completed'`;

/** A server and a worker whose clocks jump where a test wants them. */
export interface SlaStage {
  server: TestServer;
  worker: INestApplicationContext;
  /** Moves all clocks of rules there; nobody looks yet. */
  jump(time: string): void;
  /** Waits until open tickets go by all policies: that is a job, which must not meet a jump. */
  applied(): Promise<void>;
  /** Has the worker look once, to the end. */
  look(): Promise<void>;
  close(): Promise<void>;
}

/** The worker runs jobs; it looks after clocks only when told to. */
export async function startSlaStage(settings: Partial<Config> = {}): Promise<SlaStage> {
  const server = await startServer(settings);
  const worker = await startWorker(server.config);
  let now = Date.now();
  for (const app of [server.app, worker]) {
    app.get(Clock, { strict: false }).now = () => now;
  }
  const watch = worker.get(SlaWatch, { strict: false });
  return {
    server,
    worker,
    jump: (time) => (now = Date.parse(time)),
    applied: async () => {
      await eventually(
        () => query(server.database.superuserUrl, UNAPPLIED),
        (jobs) => jobs.length === 0,
      );
    },
    look: async () => {
      while (await watch.fire());
    },
    close: async () => {
      await worker.close();
      await server.close();
    },
  };
}

/** What was told of a ticket, in order: type without `ticket.`, and the event's changes. */
export async function told(
  client: Client,
  ticketId: string,
  types = 'ticket.sla_warning,ticket.sla_breached,ticket.sla_met,ticket.escalated',
): Promise<{ type: string; changes: Record<string, unknown> }[]> {
  const { body } = await client.expect(200, 'GET', `/v1/events?types=${types}&limit=500`);
  const events = body.data as { type: string; recordIds: string[]; changes: object }[];
  return events
    .filter(({ recordIds }) => recordIds.includes(ticketId))
    .map(({ type, changes }) => ({ type: type.slice(7), changes: { ...changes } }));
}
