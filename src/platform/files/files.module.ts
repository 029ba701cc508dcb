import { Global, Module } from '@nestjs/common';
import { FileChunksRepository } from './file-chunks.repository.js';
import { FileStore } from './file-store.js';

/** Uploaded files, for the processes that take and read them. */
@Global()
@Module({
  providers: [FileChunksRepository, FileStore],
  exports: [FileStore, FileChunksRepository],
})
export class FilesModule {}
