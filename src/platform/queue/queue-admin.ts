import { Injectable } from '@nestjs/common';
import { Database, SYSTEM } from '../database/database.js';
import { allJobs } from './job-contract.js';
import { QueueStore } from './queue-store.js';
import type { KeelJob, KeelQueue } from './queue-store.js';

/** Jobs of one kind by what is to become of them. */
export interface QueueCounts {
  name: string;
  waiting: number;
  active: number;
  delayed: number;
  completed: number;
  failed: number;
}

/** A job that was given up. */
export interface FailedJob {
  id: string;
  workspaceId: string | null;
  data: unknown;
  attempts: number;
  reason: string;
  failedAt: string;
}

/** Committed jobs that no relay has handed on yet. */
export interface OutboxState {
  waiting: number;
  /** Seconds the oldest has waited; 0 when there is none. */
  lag: number;
}

const OUTBOX_SQL = `
  select count(*) as waiting, coalesce(extract(epoch from now() - min(created_at)), 0)::float8 as lag
  from job_outbox where published_at is null`;

/** What those who run Keel see of the queues and may do to failed jobs. */
@Injectable()
export class QueueAdmin {
  constructor(
    private readonly store: QueueStore,
    private readonly database: Database,
  ) {}

  /** Where the queues are kept. */
  get kind(): QueueStore['kind'] {
    return this.store.kind;
  }

  /** Counts of every kind of job. */
  async counts(): Promise<QueueCounts[]> {
    return Promise.all(allJobs().map(({ name }) => this.countsOf(name)));
  }

  async outbox(): Promise<OutboxState> {
    const [state] = await this.database.query<OutboxState>(SYSTEM, OUTBOX_SQL);
    return state ?? { waiting: 0, lag: 0 };
  }

  /**
   * Failed jobs, newest first.
   * @returns undefined when there is no such queue.
   */
  async failed(name: string, start: number, limit: number): Promise<FailedJob[] | undefined> {
    const queue = this.find(name);
    const jobs = await queue?.getFailed(start, start + limit - 1);
    return jobs?.map(describe);
  }

  /** Lets a failed job run again. False when there is no such failed job. */
  async retry(name: string, id: string): Promise<boolean> {
    const job = await this.findFailed(name, id);
    await job?.retry('failed', { resetAttemptsMade: true });
    return job !== undefined;
  }

  /** Forgets a failed job. False when there is no such failed job. */
  async remove(name: string, id: string): Promise<boolean> {
    const job = await this.findFailed(name, id);
    await job?.remove();
    return job !== undefined;
  }

  private find(name: string): KeelQueue | undefined {
    return allJobs().some((job) => job.name === name) ? this.store.queue(name) : undefined;
  }

  private async findFailed(name: string, id: string): Promise<KeelJob | undefined> {
    const job = await this.find(name)?.getJob(id);
    return job && (await job.isFailed()) ? job : undefined;
  }

  private async countsOf(name: string): Promise<QueueCounts> {
    const types = ['waiting', 'active', 'delayed', 'completed', 'failed'] as const;
    const counts = await this.store.queue(name).getJobCounts(...types);
    const count = (type: (typeof types)[number]): number => counts[type] ?? 0;
    return {
      name,
      waiting: count('waiting'),
      active: count('active'),
      delayed: count('delayed'),
      completed: count('completed'),
      failed: count('failed'),
    };
  }
}

function describe(job: KeelJob): FailedJob {
  return {
    id: job.id ?? '',
    workspaceId: job.data.workspaceId,
    data: job.data.data,
    attempts: job.attemptsMade,
    reason: job.failedReason,
    failedAt: new Date(job.finishedOn ?? 0).toISOString(),
  };
}
