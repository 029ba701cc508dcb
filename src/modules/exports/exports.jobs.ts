import { IsUUID } from 'class-validator';
import { defineJob } from '../../platform/queue/job-contract.js';

export class ExportJobData {
  @IsUUID() exportId!: string;
}

/** Writes an export's file. */
export const RunExport = defineJob({
  name: 'export-run',
  data: ExportJobData,
  options: { attempts: 10, backoff: 2000, concurrency: 1 },
});
