import { IsUUID } from 'class-validator';
import { defineJob } from '../../platform/queue/job-contract.js';

export class ImportJobData {
  @IsUUID() importId!: string;
}

const OPTIONS = {
  // An import that cannot reach its database waits for hours rather than being lost.
  attempts: 30,
  backoff: 2000,
  concurrency: 2,
} as const;

/** Reads a file and loads its rows. */
export const RunImport = defineJob({ name: 'import-run', data: ImportJobData, options: OPTIONS });

/** Undoes what an import did. */
export const RevertImport = defineJob({
  name: 'import-revert',
  data: ImportJobData,
  options: OPTIONS,
});
