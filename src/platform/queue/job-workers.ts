import { Injectable, Logger } from '@nestjs/common';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { UnrecoverableError, WaitingError } from 'bullmq';
import { setTimeout as sleep } from 'node:timers/promises';
import { findJobHandlers } from './job-handlers.js';
import type { FoundHandler } from './job-handlers.js';
import { backoffAfter, parseJobData } from './job-contract.js';
import { QueueStore } from './queue-store.js';
import type { KeelJob, KeelWorker } from './queue-store.js';

/** Times a job is taken up again after its worker died, until it counts as the worker's killer. */
const MAX_DEATHS = 1000;

/** Milliseconds between looks for jobs whose worker died; two looks find one. */
const LOOK_FOR_DEAD = 5000;

/** Milliseconds handlers have to end once the worker stops. */
export const STOP_TIMEOUT = 10_000;

const STOPPING = 'The worker stops';
const LOCK_LOST = 'Another worker has taken over the job';

/** Takes jobs from their queues and runs the handlers. */
@Injectable()
export class JobWorkers implements BeforeApplicationShutdown {
  private readonly logger = new Logger('jobs');
  private readonly workers: KeelWorker[] = [];

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly store: QueueStore,
  ) {}

  /**
   * Starts to take jobs of every declared kind.
   * @throws Error when a kind of job has no handler, or two.
   */
  async start(): Promise<void> {
    const handlers = findJobHandlers(this.discovery, this.scanner);
    for (const handler of handlers) await this.startSchedule(handler);
    for (const handler of handlers) this.workers.push(this.startWorker(handler));
    await Promise.all(this.workers.map((worker) => worker.waitUntilReady()));
  }

  /** Takes no more jobs, aborts those that run and waits for them, but not for long. */
  async stop(timeout = STOP_TIMEOUT): Promise<void> {
    const workers = this.workers.splice(0);
    const closed = Promise.all(workers.map((worker) => worker.close()));
    for (const worker of workers) worker.cancelAllJobs(STOPPING);
    const patience = new AbortController();
    const late = sleep(timeout, true, { signal: patience.signal }).catch(() => false); // in time
    const isLate = await Promise.race([closed.then(() => false), late]);
    patience.abort();
    // Their locks run out, and another worker takes them up.
    if (isLate) this.logger.warn(`Jobs were still running after ${timeout} ms and are left behind`);
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.stop();
  }

  private async startSchedule({ contract }: FoundHandler): Promise<void> {
    const queue = this.store.queue(contract.name);
    const { schedule, attempts, keepCompleted, keepFailed } = contract.options;
    if (!schedule) {
      await queue.removeJobScheduler(contract.name);
      return;
    }
    await queue.upsertJobScheduler(contract.name, schedule, {
      name: contract.name,
      data: { workspaceId: null, data: {} },
      opts: { attempts, removeOnComplete: keepCompleted, removeOnFail: keepFailed },
    });
  }

  private startWorker(handler: FoundHandler): KeelWorker {
    const { name, options } = handler.contract;
    const worker = this.store.work(
      name,
      (job, token, signal) => this.run(handler, job, token ?? '', signal as AbortSignal),
      {
        concurrency: options.concurrency,
        lockDuration: options.lockDuration,
        maxStalledCount: MAX_DEATHS,
        stalledInterval: Math.min(LOOK_FOR_DEAD, options.lockDuration),
        runRetryDelay: 1000,
        settings: {
          backoffStrategy: (failures) => backoffAfter(failures, options.backoff),
        },
      },
    );
    worker.on('failed', (job, error) => this.reportFailure(job, error));
    worker.on('lockRenewalFailed', (ids) => {
      for (const id of ids) worker.cancelJob(id, LOCK_LOST);
    });
    return worker;
  }

  private async run(
    { contract, handle }: FoundHandler,
    job: KeelJob,
    token: string,
    signal: AbortSignal,
  ): Promise<void> {
    let data: object;
    try {
      data = parseJobData(contract, job.data.data);
    } catch (error) {
      throw new UnrecoverableError((error as Error).message);
    }
    const attempt = job.attemptsMade + 1;
    try {
      await handle({
        id: job.id as string,
        data,
        workspaceId: job.data.workspaceId,
        attempt,
        isLastAttempt: attempt >= (job.opts.attempts ?? 1),
        signal,
      });
    } catch (error) {
      if (!signal.aborted || signal.reason !== STOPPING) throw error;
      await job.moveToWait(token);
      throw new WaitingError();
    }
  }

  private reportFailure(job: KeelJob | undefined, error: Error): void {
    const isFinal = job?.finishedOn !== undefined;
    const facts = { job: job?.name, id: job?.id, attempt: job?.attemptsMade, isFinal, error };
    if (isFinal) this.logger.error(facts, 'Job given up');
    else this.logger.warn(facts, 'Job failed; will try again');
  }
}
