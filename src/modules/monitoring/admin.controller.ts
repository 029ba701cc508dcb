import { Controller, Delete, Get, Param, Post, Query } from '@nestjs/common';
import { ApiParam, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { RequestContext } from '../../common/context.js';
import { noContent, unstored } from '../../platform/http/answers.js';
import type { Answer } from '../../platform/http/answers.js';
import { Endpoint } from '../../platform/http/endpoint.decorator.js';
import { Ctx } from '../../platform/http/parameters.js';
import { FailedJobsDto, MonitoringDto, QueuesDto } from './monitoring.dto.js';
import { MonitoringService } from './monitoring.service.js';
import { QueuesService } from './queues.service.js';

const QUEUE = { name: 'queue', example: 'import-run' };

/** For those who run Keel. */
@ApiTags('Service')
@Controller('admin')
export class AdminController {
  constructor(
    private readonly monitoring: MonitoringService,
    private readonly queues: QueuesService,
  ) {}

  @Get('monitoring')
  @Endpoint({
    permission: 'admin:monitor',
    summary: 'The state of Keel in one document',
    description: 'Process, pool and cache are those of the process that answers.',
    answers: MonitoringDto,
  })
  async look(): Promise<Answer> {
    return unstored(await this.monitoring.look());
  }

  @Get('queues')
  @Endpoint({
    permission: 'admin:monitor',
    summary: 'Jobs by kind and state',
    answers: QueuesDto,
  })
  async list(): Promise<Answer> {
    return unstored(await this.queues.list());
  }

  @Get('queues/:queue/failed')
  @ApiParam(QUEUE)
  @ApiQuery({
    name: 'cursor',
    required: false,
    description: '`page.nextCursor` of the page before',
  })
  @Endpoint({
    permission: 'admin:monitor',
    summary: 'Jobs that were given up, and why',
    answers: FailedJobsDto,
    problems: [404],
  })
  async failed(@Param('queue') queue: string, @Query('cursor') cursor?: string): Promise<Answer> {
    return unstored(await this.queues.failed(queue, cursor));
  }

  @Post('queues/:queue/failed/:jobId/retry')
  @ApiParam(QUEUE)
  @Endpoint({
    permission: 'admin:monitor',
    summary: 'Run a failed job again',
    status: 204,
    answers: null,
    problems: [404],
    idempotency: 'none',
  })
  async retry(
    @Ctx() ctx: RequestContext,
    @Param('queue') queue: string,
    @Param('jobId') id: string,
  ): Promise<Answer> {
    await this.queues.retry(ctx, queue, id);
    return noContent();
  }

  @Delete('queues/:queue/failed/:jobId')
  @ApiParam(QUEUE)
  @Endpoint({
    permission: 'admin:monitor',
    summary: 'Forget a failed job',
    status: 204,
    answers: null,
    problems: [404],
  })
  async remove(
    @Ctx() ctx: RequestContext,
    @Param('queue') queue: string,
    @Param('jobId') id: string,
  ): Promise<Answer> {
    await this.queues.remove(ctx, queue, id);
    return noContent();
  }
}
