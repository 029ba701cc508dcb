import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import type { JobsOptions } from 'bullmq';

/** How a job is tried, kept and run. */
export interface JobOptions {
  /** Times a handler may fail before the job is given up. Deaths of a worker do not count. */
  attempts: number;
  /** Milliseconds before the second attempt; doubles each time up to ten minutes, with jitter. */
  backoff: number;
  /** Jobs of this kind that one worker process runs at once. */
  concurrency: number;
  /**
   * Milliseconds without a sign of life after which a job counts as abandoned and runs again
   * elsewhere. A living worker renews it all the time, so a handler may take any time, but it must
   * not block the event loop that long.
   */
  lockDuration: number;
  /** Seconds and number of completed and failed jobs that are kept to be looked at. */
  keepCompleted: { age: number; count: number };
  keepFailed: { age: number; count: number };
  /** Runs by itself, on all workers together once each `every` milliseconds. */
  schedule?: { every: number };
}

/** One kind of job: what both its sender and its handler go by. */
export interface JobContract<T extends object = object> {
  /** Also the name of its queue; never changed once jobs of it may be waiting. */
  readonly name: string;
  readonly data: new () => T;
  readonly options: Readonly<JobOptions>;
}

const DEFAULTS: JobOptions = {
  attempts: 10,
  backoff: 1000,
  concurrency: 1,
  lockDuration: 15_000,
  // Longer than any pause of the relay: a job published twice is still known by its id.
  keepCompleted: { age: 24 * 3600, count: 1000 },
  keepFailed: { age: 30 * 24 * 3600, count: 10_000 },
};

const contracts = new Map<string, JobContract>();

/** Data of jobs that need none. */
export class NoData {}

/**
 * Declares a kind of job, once.
 * @throws Error when the name is taken or unfit for a queue.
 */
export function defineJob<T extends object>(declaration: {
  name: string;
  data: new () => T;
  options?: Partial<JobOptions>;
}): JobContract<T> {
  const { name, data } = declaration;
  if (!/^[a-z][a-z0-9-]{0,62}$/.test(name)) throw new Error(`"${name}" cannot name a job`);
  if (contracts.has(name)) throw new Error(`Two jobs are named "${name}"`);
  const contract = Object.freeze({ name, data, options: { ...DEFAULTS, ...declaration.options } });
  contracts.set(name, contract);
  return contract;
}

/** Every kind of job declared in this process. */
export function allJobs(): JobContract[] {
  return [...contracts.values()];
}

/**
 * The data as an instance of the contract's class.
 * @throws Error naming every property that is wrong, without its value.
 */
export function parseJobData<T extends object>(contract: JobContract<T>, data: unknown): T {
  const parsed = plainToInstance(contract.data, data);
  const faults = validateSync(parsed, {
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: false, // a class without rules has no properties
  });
  if (faults.length === 0) return parsed;
  const names = faults.map(
    (fault) => `${fault.property}: ${Object.keys(fault.constraints ?? {}).join(', ')}`,
  );
  throw new Error(`Data of job "${contract.name}" is not valid (${names.join('; ')})`);
}

/** Name of {@link backoffAfter} among BullMQ's strategies. */
const BACKOFF = 'capped';

/** Milliseconds between two attempts, at most. */
const LONGEST_BACKOFF = 10 * 60_000;

/**
 * Milliseconds until the next attempt.
 * @param failures attempts so far.
 * @param random from 0 to 1: how much of the upper half of the pause is left out, so that jobs that
 * failed together do not come back together.
 */
export function backoffAfter(failures: number, first: number, random = Math.random()): number {
  const pause = Math.min(first * 2 ** Math.min(failures - 1, 30), LONGEST_BACKOFF);
  return Math.round(pause * (1 - random / 2));
}

/** The contract's options in BullMQ's words. */
export function toJobsOptions({ options }: JobContract): JobsOptions {
  return {
    attempts: options.attempts,
    backoff: { type: BACKOFF, delay: options.backoff },
    removeOnComplete: options.keepCompleted,
    removeOnFail: options.keepFailed,
    stackTraceLimit: 10,
  };
}
