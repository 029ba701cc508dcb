import type { Job, Queue, Worker, WorkerOptions } from 'bullmq';

/** What a job carries in its queue. */
export interface JobEnvelope {
  workspaceId: string | null;
  data: unknown;
}

export type KeelQueue = Queue<JobEnvelope, void, string>;
export type KeelJob = Job<JobEnvelope, void, string>;
export type KeelWorker = Worker<JobEnvelope, void, string>;
export type Processor = (job: KeelJob, token?: string, signal?: AbortSignal) => Promise<void>;
export type RunOptions = Omit<WorkerOptions, 'connection' | 'prefix'>;

/** Where BullMQ keeps the queues of this process: PostgreSQL or Redis. */
export abstract class QueueStore {
  abstract readonly kind: 'postgresql' | 'redis';
  /** The queue of one kind of job; opened once. */
  abstract queue(name: string): KeelQueue;
  /** Starts to take jobs of one kind; the caller closes it. */
  abstract work(name: string, processor: Processor, options: RunOptions): KeelWorker;
  /** @throws when the store does not answer. */
  abstract ping(): Promise<void>;
  /** Closes queues and connections; workers must be closed before. */
  abstract close(): Promise<void>;
}

/** Told of failures that BullMQ handles by trying again. */
export type ReportError = (error: Error) => void;
