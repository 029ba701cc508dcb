import { IsUUID } from 'class-validator';
import { defineJob } from '../../platform/queue/job-contract.js';

export class HandOverJobData {
  @IsUUID() handOverId!: string;
}

/** Gives everything that somebody owns to somebody else. */
export const RunHandOver = defineJob({
  name: 'hand-over',
  data: HandOverJobData,
  // One that cannot reach its database waits for hours rather than being lost.
  options: { attempts: 30, backoff: 2000, concurrency: 2, lockDuration: 10_000 },
});
