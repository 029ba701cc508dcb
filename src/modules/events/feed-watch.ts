import { Injectable, Logger } from '@nestjs/common';
import { BackgroundLoop } from '../../common/background-loop.js';
import { Database } from '../../platform/database/database.js';
import { Sequencer } from '../../platform/outbox/sequencer.js';
import { EventsRepository } from './events.repository.js';
import type { Position } from './events.repository.js';

/**
 * Looks whether any feed has grown, once for all streams of the process, and only while there are
 * some: it costs two small statements however many streams wait.
 */
@Injectable()
export class FeedWatch {
  private readonly logger = new Logger('events');
  private readonly watchers = new Set<() => void>();
  private loop: BackgroundLoop | null = null;
  private newest: Position = 0;

  constructor(
    private readonly repository: EventsRepository,
    private readonly sequencer: Sequencer,
    database: Database,
  ) {
    database.onCommit(() => this.loop?.poke());
  }

  /**
   * Calls back whenever any feed has grown.
   * @returns what ends the watch.
   */
  watch(onGrowth: () => void): () => void {
    this.watchers.add(onGrowth);
    this.loop ??= this.start();
    return () => {
      this.watchers.delete(onGrowth);
      if (this.watchers.size > 0) return;
      void this.loop?.stop();
      this.loop = null;
    };
  }

  private start(): BackgroundLoop {
    const loop = new BackgroundLoop(() => this.look(), {
      shortest: 50,
      longest: 250,
      onError: (error) => this.logger.warn({ error }, 'The feed cannot be read; will try again'),
    });
    loop.start();
    return loop;
  }

  private async look(): Promise<boolean> {
    await this.sequencer.catchUp();
    const newest = await this.repository.newestPosition();
    if (newest === this.newest) return false;
    this.newest = newest;
    for (const onGrowth of [...this.watchers]) onGrowth();
    return false;
  }
}
