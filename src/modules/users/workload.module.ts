import { Module } from '@nestjs/common';
import { WorkloadRepository } from './workload.repository.js';
import { WorkloadService } from './workload.service.js';

/** What users have to look after, for any domain. */
@Module({
  providers: [WorkloadService, WorkloadRepository],
  exports: [WorkloadService, WorkloadRepository],
})
export class WorkloadModule {}
