import { Global, Module } from '@nestjs/common';
import { Sequencer } from './sequencer.js';

/** The change log's order. The worker starts the {@link Sequencer}; readers call it on demand. */
@Global()
@Module({ providers: [Sequencer], exports: [Sequencer] })
export class OutboxModule {}
