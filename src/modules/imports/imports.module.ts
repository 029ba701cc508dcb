import { Module } from '@nestjs/common';
import { FileUpkeep } from '../../platform/files/file-upkeep.js';
import { FilesModule } from '../../platform/files/files.module.js';
import { UploadIdempotency } from '../../platform/http/upload-idempotency.js';
import { ChunkCommitter } from './chunk-committer.js';
import { ImportErrorsService } from './import-errors.service.js';
import { ImportPreview } from './import-preview.js';
import { ImportReverter } from './import-reverter.js';
import { ImportRevertRepository } from './import-revert.repository.js';
import { ImportRunRepository } from './import-run.repository.js';
import { ImportRunner } from './import-runner.js';
import { ImportStream } from './import-stream.js';
import { ImportWatcher } from './import-watcher.js';
import { ImportsController } from './imports.controller.js';
import { ImportsProcessor } from './imports.processor.js';
import { ImportsRepository } from './imports.repository.js';
import { ImportsService } from './imports.service.js';

/** Taking imports and telling of them. */
@Module({
  imports: [FilesModule],
  controllers: [ImportsController],
  providers: [
    ImportsService,
    ImportPreview,
    ImportErrorsService,
    ImportStream,
    UploadIdempotency,
    ImportsRepository,
  ],
})
export class ImportsModule {}

/** Running imports: for the worker. */
@Module({
  imports: [FilesModule],
  providers: [
    ImportsProcessor,
    ImportRunner,
    ImportReverter,
    ChunkCommitter,
    ImportWatcher,
    ImportsRepository,
    ImportRunRepository,
    ImportRevertRepository,
    FileUpkeep,
  ],
})
export class ImportsWorkerModule {}
