import { Global, Module } from '@nestjs/common';
import { RecordKit } from './record-kit.js';
import { RecordSettings } from './record-settings.js';

/** What every object's module stands on. */
@Global()
@Module({ providers: [RecordKit, RecordSettings], exports: [RecordKit, RecordSettings] })
export class RecordsModule {}
