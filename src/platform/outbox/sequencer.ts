import { Injectable, Logger } from '@nestjs/common';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import { BackgroundLoop } from '../../common/background-loop.js';
import { Database, SYSTEM } from '../database/database.js';
import type { Statement } from '../database/pipeline.js';

/** Events put in order by one transaction. */
const BATCH = 1000;

/** Any number that only Keel uses: one sequencer at a time. */
const LOCK = 5_203_312;

/**
 * Both leave in `app.sequencer` whether this transaction is the one that may assign positions.
 * The lock is a statement of its own, so that the next one sees all that the last holder did.
 */
const TRY_LOCK: Statement = {
  text: `select set_config('app.sequencer', pg_try_advisory_xact_lock(${LOCK})::text, true)`,
};
const WAIT_FOR_LOCK: Statement = {
  text: `select pg_advisory_xact_lock(${LOCK}), set_config('app.sequencer', 'true', true)`,
};

/**
 * The subquery is in order, and `nextval` is called row by row on top of it. `seq` is drawn after
 * the write has locked its records (see `recordEvents`), so it is in order for each record.
 */
const ASSIGN: Statement = {
  text: `
    with placed as materialized (
      select workspace_id, id, nextval('events_position') as position
      from (
        select workspace_id, id from events
        where position is null and (select current_setting('app.sequencer', true)) = 'true'
        order by seq limit ${BATCH}
      ) as waiting
    )
    update events set position = placed.position
    from placed where events.workspace_id = placed.workspace_id and events.id = placed.id`,
};

const BACKLOG_SQL = `
  select count(*) as waiting, coalesce(extract(epoch from now() - min(occurred_at)), 0)::float8 as lag
  from (select occurred_at from events where position is null order by seq limit 10000) as waiting`;

/** Committed events without a place in the feed. */
export interface Backlog {
  /** At most 10,000 are counted. */
  waiting: number;
  /** Seconds since the oldest happened. */
  lag: number;
}

/**
 * Gives committed events their place in the feed. A position is drawn only for what is committed
 * and by one transaction at a time, so whoever has read up to a position never misses an event
 * below it. Nothing is lost when a sequencer dies: its transaction never was.
 */
@Injectable()
export class Sequencer implements BeforeApplicationShutdown {
  private readonly logger = new Logger('events');
  private readonly loop = new BackgroundLoop(() => this.assign(TRY_LOCK), {
    shortest: 20,
    longest: 250,
    onError: (error) => this.logger.warn({ error }, 'Events could not be put in order; will retry'),
  });

  constructor(private readonly database: Database) {}

  /** Puts events in order all the time, at once after commits of this process. */
  start(): void {
    this.database.onCommit(() => this.loop.poke());
    this.loop.start();
  }

  /**
   * Puts in order whatever is committed by now, for a reader who must not depend on a worker.
   * A backlog of more than a few thousand events is left to the workers.
   */
  async catchUp(): Promise<void> {
    for (let batch = 0; batch < 5; batch += 1) {
      if (!(await this.assign(WAIT_FOR_LOCK))) return;
    }
  }

  async backlog(): Promise<Backlog> {
    const [backlog] = await this.database.query<Backlog>(SYSTEM, BACKLOG_SQL);
    return backlog ?? { waiting: 0, lag: 0 };
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.loop.stop();
  }

  private async assign(lock: Statement): Promise<boolean> {
    const [, assigned] = await this.database.run(SYSTEM, [lock, ASSIGN]);
    return assigned?.rowCount === BATCH;
  }
}
