import { Injectable } from '@nestjs/common';
import { defineJob, NoData } from '../queue/job-contract.js';
import { HandlesJob } from '../queue/handles-job.js';
import type { RunningJob } from '../queue/handles-job.js';
import { FileChunksRepository } from './file-chunks.repository.js';

/** Removes files whose time is over, and uploads that were never finished. */
export const RemoveExpiredFiles = defineJob({
  name: 'files-remove-expired',
  data: NoData,
  options: { schedule: { every: 15 * 60_000 } },
});

@Injectable()
export class FileUpkeep {
  constructor(private readonly chunks: FileChunksRepository) {}

  @HandlesJob(RemoveExpiredFiles)
  async removeExpired(job: RunningJob<NoData>): Promise<void> {
    while ((await this.chunks.removeExpired()) > 0) job.signal.throwIfAborted();
  }
}
