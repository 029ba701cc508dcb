import { Global, Module } from '@nestjs/common';
import { RecordExporters } from './record-exporters.js';
import { RecordKit } from './record-kit.js';
import { RecordSettings } from './record-settings.js';
import { WorkloadSources } from './workload-sources.js';

/** What every object's module stands on. */
@Global()
@Module({
  providers: [RecordKit, RecordSettings, RecordExporters, WorkloadSources],
  exports: [RecordKit, RecordSettings, RecordExporters, WorkloadSources],
})
export class RecordsModule {}
