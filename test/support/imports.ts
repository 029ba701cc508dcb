import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../../src/config/config.js';
import type { ImportDto } from '../../src/modules/imports/import.dto.js';
import { JobRelay } from '../../src/platform/queue/job-relay.js';
import { JobWorkers } from '../../src/platform/queue/job-workers.js';
import { WorkerModule } from '../../src/worker.module.js';
import type { Client, Reply } from './client.js';

/** A worker as worker.ts runs it, in the test's own process. */
export async function startWorker(config: Config): Promise<INestApplicationContext> {
  const app = await NestFactory.createApplicationContext(WorkerModule.with(config), {
    logger: ['fatal', 'error'],
    abortOnError: false,
  });
  await app.get(JobWorkers).start();
  app.get(JobRelay).start();
  return app;
}

export interface Upload {
  options: object;
  file: string | Uint8Array<ArrayBuffer>;
  name?: string;
  headers?: Record<string, string>;
  path?: string;
}

/** Sends a file with options, as a browser would. */
export function upload(client: Client, sent: Upload): Promise<Reply> {
  const form = new FormData();
  form.append('options', JSON.stringify(sent.options));
  form.append('file', new Blob([sent.file]), sent.name ?? 'people.csv');
  return client.api('POST', sent.path ?? '/v1/imports', form, sent.headers);
}

/** Imports a file and waits for the end. */
export async function runImport(client: Client, sent: Upload): Promise<ImportDto> {
  const reply = await upload(client, sent);
  if (reply.status !== 202) throw new Error(`${reply.status}: ${reply.text}`);
  return whenDone(client, reply.body.id);
}

/** The import once it neither waits nor runs. */
export async function whenDone(client: Client, id: string, limit = 60_000): Promise<ImportDto> {
  const deadline = Date.now() + limit;
  for (;;) {
    const { body } = await client.expect(200, 'GET', `/v1/imports/${id}`);
    if (!['queued', 'running', 'reverting'].includes(body.status)) return body as ImportDto;
    if (Date.now() > deadline) throw new Error(`Still ${JSON.stringify(body)}`);
    await sleep(50);
  }
}
