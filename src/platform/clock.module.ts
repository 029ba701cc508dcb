import { Global, Module } from '@nestjs/common';
import { Clock } from '../common/clock.js';

/** The one clock of a process, for rules that depend on the time. */
@Global()
@Module({ providers: [Clock], exports: [Clock] })
export class ClockModule {}
