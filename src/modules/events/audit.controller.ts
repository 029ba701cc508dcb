import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { RequestContext } from '../../common/context.js';
import { page } from '../../platform/http/answers.js';
import type { Answer } from '../../platform/http/answers.js';
import { Endpoint, NOT_MODIFIED } from '../../platform/http/endpoint.decorator.js';
import { Ctx, Url } from '../../platform/http/parameters.js';
import { AuditPageDto, AuditQueryDto } from './audit.dto.js';
import { AuditService } from './audit.service.js';

@ApiTags('Audit')
@Controller('v1/audit')
export class AuditController {
  constructor(private readonly audit: AuditService) {}

  @Get()
  @Endpoint({
    permission: 'audit:read',
    summary: 'Who did what',
    description:
      'Every change of a record, and sign-ins, keys, roles and settings besides, newest first. ' +
      'A page may hold fewer entries than `limit` although `page.hasMore` is true.',
    answers: AuditPageDto,
    alsoAnswers: { 304: NOT_MODIFIED },
    problems: [422],
  })
  async page(
    @Ctx() ctx: RequestContext,
    @Url() url: string,
    @Query() query: AuditQueryDto,
  ): Promise<Answer> {
    return page(await this.audit.page(ctx, query), url);
  }
}
