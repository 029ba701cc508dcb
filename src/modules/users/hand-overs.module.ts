import { Module } from '@nestjs/common';
import { HandOverRunner } from './hand-over-runner.js';
import { HandOversRepository } from './hand-overs.repository.js';

/** The worker's side of hand-overs. */
@Module({ providers: [HandOverRunner, HandOversRepository] })
export class HandOversWorkerModule {}
