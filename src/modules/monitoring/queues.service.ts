import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import { Database } from '../../platform/database/database.js';
import { eventOf } from '../../platform/outbox/event.js';
import { recordEvents } from '../../platform/outbox/record-events.js';
import { QueueAdmin } from '../../platform/queue/queue-admin.js';
import type { FailedJobsDto, QueuesDto } from './monitoring.dto.js';

const PAGE = 50;

/** The queues, as those who run Keel see and mend them. */
@Injectable()
export class QueuesService {
  constructor(
    private readonly admin: QueueAdmin,
    private readonly database: Database,
  ) {}

  async list(): Promise<QueuesDto> {
    const [data, outbox] = await Promise.all([this.admin.counts(), this.admin.outbox()]);
    return { store: this.admin.kind, data, outbox };
  }

  /**
   * Failed jobs, newest first.
   * @param cursor number of jobs to leave out: what pages before have shown.
   * @throws Problem 404 when there is no such queue, 400 for a cursor that is none.
   */
  async failed(name: string, cursor: string | undefined): Promise<FailedJobsDto> {
    const start = cursor === undefined ? 0 : Number(cursor);
    if (!/^\d{1,6}$/.test(cursor ?? '0')) {
      throw new Problem('invalid-cursor', 'Take `cursor` from `page.nextCursor`.');
    }
    const jobs = await this.admin.failed(name, start, PAGE + 1);
    if (!jobs) throw Problem.notFound('queue', name);
    const hasMore = jobs.length > PAGE;
    const nextCursor = hasMore ? String(start + PAGE) : null;
    return { data: jobs.slice(0, PAGE), page: { nextCursor, hasMore } };
  }

  /** @throws Problem 404 when there is no such failed job. */
  async retry(ctx: RequestContext, name: string, id: string): Promise<void> {
    if (!(await this.admin.retry(name, id))) throw Problem.notFound('failed job', id);
    await this.note(ctx, 'queue.job_retried', name, id);
  }

  /** @throws Problem 404 when there is no such failed job. */
  async remove(ctx: RequestContext, name: string, id: string): Promise<void> {
    if (!(await this.admin.remove(name, id))) throw Problem.notFound('failed job', id);
    await this.note(ctx, 'queue.job_removed', name, id);
  }

  private async note(
    ctx: RequestContext,
    type: 'queue.job_retried' | 'queue.job_removed',
    queue: string,
    job: string,
  ): Promise<void> {
    const event = eventOf(ctx, { type, object: 'queues', changes: { queue, job } });
    await this.database.run(ctx, [recordEvents([event])]);
  }
}
