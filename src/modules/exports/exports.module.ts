import { Module } from '@nestjs/common';
import { FilesModule } from '../../platform/files/files.module.js';
import { ExportsController } from './exports.controller.js';
import { ExportsProcessor } from './exports.processor.js';
import { ExportsRepository } from './exports.repository.js';
import { ExportsService } from './exports.service.js';

/** The API's side of exports. */
@Module({
  imports: [FilesModule],
  controllers: [ExportsController],
  providers: [ExportsService, ExportsRepository],
})
export class ExportsModule {}

/** The worker's side of exports. */
@Module({ imports: [FilesModule], providers: [ExportsProcessor, ExportsRepository] })
export class ExportsWorkerModule {}
