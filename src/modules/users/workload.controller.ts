import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { RequestContext } from '../../common/context.js';
import { json } from '../../platform/http/answers.js';
import { Endpoint } from '../../platform/http/endpoint.decorator.js';
import { Ctx, Id } from '../../platform/http/parameters.js';
import { WorkloadDto } from './workload.dto.js';
import { WorkloadService } from './workload.service.js';

@ApiTags('Users')
@Controller('v1/users/:id/workload')
export class WorkloadController {
  constructor(private readonly workload: WorkloadService) {}

  @Get()
  @Endpoint({
    permission: 'user:read',
    summary: 'What a user has to look after: records owned, open and overdue work',
    answers: WorkloadDto,
    problems: [404],
    throttle: 'search',
  })
  async get(@Ctx() ctx: RequestContext, @Id() id: string) {
    return json(await this.workload.get(ctx, id));
  }
}
