import { expect, test } from '@jest/globals';
import { Module } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import { DiscoveryModule, DiscoveryService, MetadataScanner, NestFactory } from '@nestjs/core';
import { HandlesJob } from './handles-job.js';
import { defineJob, NoData } from './job-contract.js';
import { findJobHandlers } from './job-handlers.js';

const Sow = defineJob({ name: 'sow', data: NoData });
const Reap = defineJob({ name: 'reap', data: NoData });

const JOB = { id: '1', data: {}, workspaceId: null, attempt: 1, isLastAttempt: false };

class Farmer {
  readonly done: string[] = [];

  get mood(): string {
    throw new Error('Looking for handlers runs no getters');
  }

  @HandlesJob(Sow)
  async sow(): Promise<void> {
    this.done.push('sowed');
  }

  @HandlesJob(Reap)
  async reap(): Promise<void> {
    this.done.push('reaped');
  }
}

class Neighbour {
  @HandlesJob(Reap)
  async reapToo(): Promise<void> {
    // never reached
  }
}

class Lodger {
  sleep(): void {
    // handles nothing
  }
}

async function find(providers: Type[]) {
  class Village {}
  Module({ imports: [DiscoveryModule], providers })(Village);
  const app = await NestFactory.createApplicationContext(Village, { logger: false });
  const [discovery, scanner] = [app.get(DiscoveryService), app.get(MetadataScanner)];
  return { app, handlers: () => findJobHandlers(discovery, scanner, [Sow, Reap]) };
}

test('the handler of each job is found among the providers, and runs on its instance', async () => {
  const { app, handlers } = await find([Farmer, Lodger]);
  for (const { handle } of handlers()) {
    await handle({ ...JOB, signal: new AbortController().signal });
  }
  expect(app.get(Farmer).done).toEqual(['sowed', 'reaped']);
});

test('a job with two handlers is refused, and both are named', async () => {
  const { handlers } = await find([Farmer, Neighbour]);
  expect(handlers).toThrow('"reap" is handled by Farmer.reap and Neighbour.reapToo');
});

test('a job without a handler is refused, and every such job is named', async () => {
  const { handlers } = await find([Lodger]);
  expect(handlers).toThrow('"sow" has no handler; "reap" has no handler');
});
