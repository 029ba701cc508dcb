import 'reflect-metadata';
import type { JobContract } from './job-contract.js';

/** A job while its handler runs. */
export interface RunningJob<T extends object> {
  id: string;
  /** Checked against the contract's class. */
  data: T;
  /** Workspace whose transaction asked for the job; null for Keel's own upkeep. */
  workspaceId: string | null;
  /** 1 for the first attempt; deaths of a worker do not count. */
  attempt: number;
  isLastAttempt: boolean;
  /**
   * Aborted when the worker stops or has lost the job to another one. A handler that takes longer
   * than seconds must then throw (`signal.throwIfAborted()`) at the next place it can go on from;
   * the job runs again later and the attempt does not count.
   */
  signal: AbortSignal;
}

export type JobHandler<T extends object> = (job: RunningJob<T>) => Promise<void>;

const HANDLES = Symbol('keel:handles-job');

/**
 * Makes a provider's method the handler of a kind of job. It runs at least once for each job: a
 * worker that dies after the work and before saying so leaves the job to be run again.
 */
export function HandlesJob<T extends object>(contract: JobContract<T>) {
  return <H extends JobHandler<T>>(
    _target: object,
    _key: string | symbol,
    descriptor: TypedPropertyDescriptor<H>,
  ): void => {
    Reflect.defineMetadata(HANDLES, contract, descriptor.value as object);
  };
}

/** The contract a method handles, if any. */
export function contractHandledBy(method: unknown): JobContract | undefined {
  if (typeof method !== 'function') return undefined;
  return Reflect.getMetadata(HANDLES, method) as JobContract | undefined;
}
