import { Injectable } from '@nestjs/common';

/** Where a worker stands in a chunk. */
export type ChunkMoment = 'begun' | 'loaded' | 'committed';

/** Told of what an import's worker does; the worker waits for it. */
@Injectable()
export class ImportWatcher {
  /** @param nextRow rows of the file that are done before the chunk. */
  chunk(_importId: string, _moment: ChunkMoment, _nextRow: number): Promise<void> | void {
    // Nobody needs to know in production.
  }
}
