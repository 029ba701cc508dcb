import { Injectable } from '@nestjs/common';
import { HandlesJob } from '../../platform/queue/handles-job.js';
import type { RunningJob } from '../../platform/queue/handles-job.js';
import { ImportReverter } from './import-reverter.js';
import { ImportRunner } from './import-runner.js';
import { RevertImport, RunImport } from './imports.jobs.js';
import type { ImportJobData } from './imports.jobs.js';

/** The worker's side of imports. */
@Injectable()
export class ImportsProcessor {
  constructor(
    private readonly runner: ImportRunner,
    private readonly reverter: ImportReverter,
  ) {}

  @HandlesJob(RunImport)
  async run(job: RunningJob<ImportJobData>): Promise<void> {
    await this.runner.run(job);
  }

  @HandlesJob(RevertImport)
  async revert(job: RunningJob<ImportJobData>): Promise<void> {
    await this.reverter.revert(job);
  }
}
