import { Injectable, Logger } from '@nestjs/common';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import type { JobsOptions } from 'bullmq';
import { BackgroundLoop } from '../../common/background-loop.js';
import { Database, SYSTEM } from '../database/database.js';
import { QueueStore } from './queue-store.js';
import type { JobEnvelope, KeelQueue } from './queue-store.js';

/** Jobs handed on in one transaction. */
const BATCH = 200;

/** Milliseconds the queues may take to accept a batch before it is tried again. */
const PUBLISH_TIMEOUT = 15_000;

const WAITING_SQL = `
  select id, workspace_id, name, data, options,
    (extract(epoch from now() - created_at) * 1000)::float8 as age
  from job_outbox where published_at is null
  order by seq limit ${BATCH} for update skip locked`;

const PUBLISHED_SQL = 'update job_outbox set published_at = now() where id = any($1::uuid[])';

interface WaitingJob {
  id: string;
  workspace_id: string | null;
  name: string;
  data: unknown;
  options: JobsOptions;
  /** Milliseconds since it was asked for. */
  age: number;
}

/**
 * Hands the jobs of committed transactions on to their queues. Any number of relays may run at
 * once. One that dies after a job reached its queue and before that is written down hands it on
 * again; the queue knows the job by its id and takes it once.
 */
@Injectable()
export class JobRelay implements BeforeApplicationShutdown {
  private readonly logger = new Logger('jobs');
  private readonly loop = new BackgroundLoop(() => this.relay(), {
    shortest: 250,
    longest: 1000,
    onError: (error) => this.logger.warn({ error }, 'Jobs could not be handed on; will try again'),
  });

  constructor(
    private readonly database: Database,
    private readonly store: QueueStore,
  ) {}

  /** Looks for jobs all the time: also for those of processes that died before handing them on. */
  start(): void {
    this.loop.start();
  }

  /** Hands on what has been committed. Returns at once. */
  poke(): void {
    this.loop.poke();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.loop.stop();
  }

  /** Hands on one batch; true when there may be more. */
  async relay(): Promise<boolean> {
    return this.database.transaction(SYSTEM, async (tx) => {
      const jobs = await tx.query<WaitingJob>(WAITING_SQL);
      if (jobs.length === 0) return false;
      const published = await this.publish(jobs);
      await tx.run([{ text: PUBLISHED_SQL, params: [published.map(({ id }) => id)] }]);
      return jobs.length === BATCH && published.length === BATCH;
    });
  }

  /** Returns those that reached their queues. */
  private async publish(jobs: WaitingJob[]): Promise<WaitingJob[]> {
    try {
      const groups = Map.groupBy(jobs, ({ name }) => name);
      const work = [...groups].map(([name, group]) => addTo(this.store.queue(name), group));
      await inTime(Promise.all(work));
      return jobs;
    } catch (error) {
      // One job that its queue refuses must not hold up the others.
      if (jobs.length === 1) throw error;
      return this.publishEach(jobs);
    }
  }

  private async publishEach(jobs: WaitingJob[]): Promise<WaitingJob[]> {
    const published: WaitingJob[] = [];
    let failure: unknown;
    for (const job of jobs) {
      try {
        await inTime(addTo(this.store.queue(job.name), [job]));
        published.push(job);
      } catch (error) {
        if (published.length === 0 && failure !== undefined) throw error; // it is the store
        failure = error;
        this.logger.error({ error, job: job.name, id: job.id }, 'A job could not be handed on');
      }
    }
    return published;
  }
}

async function addTo(queue: KeelQueue, jobs: WaitingJob[]): Promise<void> {
  const entries = jobs.map(({ name, workspace_id, data, options, age }) => {
    const envelope: JobEnvelope = { workspaceId: workspace_id, data };
    const delay = options.delay && Math.max(0, Math.round(options.delay - age));
    return { name, data: envelope, opts: { ...options, delay } };
  });
  const [only] = entries;
  if (only && entries.length === 1) await queue.add(only.name, only.data, only.opts);
  else await queue.addBulk(entries);
}

/** @throws Error when the queues leave the work unanswered; it may still happen. */
async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new Error('The queues do not answer');
    timer = setTimeout(() => reject(error), PUBLISH_TIMEOUT);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
