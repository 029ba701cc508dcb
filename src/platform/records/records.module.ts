import { Global, Module } from '@nestjs/common';
import { RecordExporters } from './record-exporters.js';
import { RecordKit } from './record-kit.js';
import { RecordSettings } from './record-settings.js';

/** What every object's module stands on. */
@Global()
@Module({
  providers: [RecordKit, RecordSettings, RecordExporters],
  exports: [RecordKit, RecordSettings, RecordExporters],
})
export class RecordsModule {}
