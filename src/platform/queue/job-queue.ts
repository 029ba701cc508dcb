import { Injectable } from '@nestjs/common';
import type { JobsOptions } from 'bullmq';
import { uuidv7 } from '../../common/uuid.js';
import type { Statement } from '../database/pipeline.js';
import type { Transaction } from '../database/transaction.js';
import { parseJobData, toJobsOptions } from './job-contract.js';
import type { JobContract } from './job-contract.js';
import { JobRelay } from './job-relay.js';

export interface EnqueueOptions {
  /** Milliseconds before the job may start. */
  delay?: number;
  /** Names the one job there may ever be, such as `import-<id>`; asking again changes nothing. */
  jobId?: string;
  /**
   * Jobs with the same key are one while they wait. Asking while one runs makes it run once more
   * afterwards, so that it sees what was committed since.
   */
  coalesce?: string;
}

const ENQUEUE_SQL =
  'insert into job_outbox (id, name, data, options) values ($1, $2, $3::jsonb, $4::jsonb)';

/** What BullMQ takes for an id in either store. */
const JOB_ID = /^[a-z][\w-]{0,127}$/i;

/** Asks for jobs. They exist when, and only when, the transaction that asks commits. */
@Injectable()
export class JobQueue {
  constructor(private readonly relay: JobRelay) {}

  /**
   * Asks for a job as part of the transaction; workers get it right after the commit.
   * @returns the job's id.
   * @throws Error when the data breaks the contract.
   */
  async enqueue<T extends object>(
    tx: Transaction,
    contract: JobContract<T>,
    data: T,
    options: EnqueueOptions = {},
  ): Promise<string> {
    const { id, statement } = this.prepare(contract, data, options);
    await tx.run([statement]);
    tx.afterCommit(() => this.relay.poke());
    return id;
  }

  /**
   * The statement that asks for a job, for callers that write in one round trip with
   * `Database.run`; call {@link poke} afterwards so that the job starts at once.
   */
  prepare<T extends object>(
    contract: JobContract<T>,
    data: T,
    options: EnqueueOptions = {},
  ): { id: string; statement: Statement } {
    parseJobData(contract as JobContract, data);
    if (options.jobId !== undefined && !JOB_ID.test(options.jobId)) {
      throw new Error(`"${options.jobId}" cannot name a job: letters, digits, - and _ can`);
    }
    const id = options.jobId ?? uuidv7();
    const stored: JobsOptions = { ...toJobsOptions(contract), jobId: id };
    if (options.delay !== undefined) stored.delay = options.delay;
    if (options.coalesce !== undefined) {
      stored.deduplication = { id: options.coalesce, keepLastIfActive: true };
    }
    const params = [uuidv7(), contract.name, JSON.stringify(data), JSON.stringify(stored)];
    return { id, statement: { text: ENQUEUE_SQL, params } };
  }

  /** Makes this process hand on committed jobs now rather than at a worker's next look. */
  poke(): void {
    this.relay.poke();
  }
}
