import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RequestContext } from '../../common/context.js';
import { importView } from './import-view.js';
import { ImportsRepository } from './imports.repository.js';
import type { ImportRow } from './imports.repository.js';

/** Milliseconds between looks at the import. */
const LOOK = 500;
/** Looks without a change before a sign of life is sent. */
const QUIET_LOOKS = 30;

const isMoving = ({ status }: ImportRow): boolean =>
  status === 'queued' || status === 'running' || status === 'reverting';

/** Sends the state of an import as server-sent events until it has ended. */
@Injectable()
export class ImportStream {
  constructor(private readonly imports: ImportsRepository) {}

  /** Answers the request; returns when the stream has ended or the client has left. */
  async send(ctx: RequestContext, first: ImportRow, reply: FastifyReply): Promise<void> {
    reply.hijack();
    const out = reply.raw;
    const left = new AbortController();
    out.on('close', () => left.abort());
    out.writeHead(200, {
      ...(reply.getHeaders() as Record<string, string>),
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no', // nginx would hold events back
    });
    const write = (event: string, row: ImportRow): void => {
      out.write(`event: ${event}\ndata: ${JSON.stringify(importView(row))}\n\n`);
    };
    try {
      const last = await this.follow(ctx, first, left.signal, write, () => out.write(':\n\n'));
      if (last) write('end', last);
    } catch {
      // The head is out: ending without `end` tells the client to come back.
    }
    out.end();
  }

  private async follow(
    ctx: RequestContext,
    first: ImportRow,
    signal: AbortSignal,
    write: (event: string, row: ImportRow) => void,
    breathe: () => void,
  ): Promise<ImportRow | null> {
    let row = first;
    for (let sent = '', quiet = 0; isMoving(row);) {
      const state = JSON.stringify([row.status, row.nextRow, row.failed, row.revert]);
      if (state !== sent) write('progress', row);
      quiet = state === sent ? quiet + 1 : 0;
      if (quiet % QUIET_LOOKS === QUIET_LOOKS - 1) breathe();
      sent = state;
      await sleep(LOOK);
      if (signal.aborted) return null;
      const next = await this.imports.find(ctx, row.id);
      if (!next) return null;
      row = next;
    }
    return row;
  }
}
