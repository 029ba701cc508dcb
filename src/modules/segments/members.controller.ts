import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { RequestContext } from '../../common/context.js';
import type { ListQuery } from '../../common/list-query.js';
import { Answer, json, page } from '../../platform/http/answers.js';
import {
  Endpoint,
  IdempotencyHeader,
  NOT_MODIFIED,
} from '../../platform/http/endpoint.decorator.js';
import { IdPageQuery, readIdPage } from '../../platform/http/id-page.js';
import { ListDocs } from '../../platform/http/list-docs.js';
import { Ctx, Id, ListParams, Url } from '../../platform/http/parameters.js';
import { MembersService } from './members.service.js';
import { PreviewService } from './preview.service.js';
import {
  MemberPageDto,
  MembershipPageDto,
  MembersInput,
  MembersResultDto,
  SegmentPreviewDto,
  SegmentPreviewInput,
} from './segment.dto.js';

const OF_RECORD = 'Needs the permission to read the record, too. The newest segments come first.';

@ApiTags('Segments')
@Controller('/v1')
export class MembersController {
  constructor(
    private readonly members: MembersService,
    private readonly previews: PreviewService,
  ) {}

  @Post('segments/preview')
  @Endpoint({
    permission: 'segment:read',
    summary: 'Whom a condition would find',
    description:
      'Counts exactly up to 10,000, of the records that you may read; needs the permission to read them and all related records that it asks for.',
    answers: SegmentPreviewDto,
    problems: [422],
    throttle: 'search',
    idempotency: 'none',
  })
  async preview(@Ctx() ctx: RequestContext, @Body() body: SegmentPreviewInput) {
    return new Answer(200, await this.previews.of(ctx, body));
  }

  @Get('segments/:id/members')
  @Endpoint({
    permission: 'segment:read',
    summary: 'List the members of a segment',
    description:
      'Records of its object, of those that you may read, with the parameters of any list.',
    answers: MemberPageDto,
    alsoAnswers: { 304: NOT_MODIFIED },
    problems: [404],
  })
  @ListDocs()
  async list(
    @Ctx() ctx: RequestContext,
    @Id() id: string,
    @ListParams() query: ListQuery,
    @Url() url: string,
  ) {
    return page(await this.members.page(ctx, id, query), url);
  }

  @Post('segments/:id/members')
  @Endpoint({
    permission: 'segment:update',
    summary: 'Add records to a static segment, or take them out',
    description: 'Up to 1,000 `ids`, or what `where` finds, up to 10,000. All or nothing.',
    answers: MembersResultDto,
    problems: [404, 409, 422],
    throttle: 'bulk',
  })
  @IdempotencyHeader()
  async change(@Ctx() ctx: RequestContext, @Id() id: string, @Body() body: MembersInput) {
    return json(await this.members.change(ctx, id, body));
  }

  @Get('contacts/:id/segments')
  @Endpoint({
    permission: 'segment:read',
    summary: 'Segments that a contact belongs to',
    description: OF_RECORD,
    answers: MembershipPageDto,
    alsoAnswers: { 301: 'Merged into another contact', 304: NOT_MODIFIED },
    problems: [404],
  })
  @IdPageQuery()
  async ofContact(
    @Ctx() ctx: RequestContext,
    @Id() id: string,
    @Query() query: Record<string, unknown>,
    @Url() url: string,
  ) {
    return page(await this.members.of(ctx, 'contacts', id, readIdPage(query)), url);
  }

  @Get('companies/:id/segments')
  @Endpoint({
    permission: 'segment:read',
    summary: 'Segments that a company belongs to',
    description: OF_RECORD,
    answers: MembershipPageDto,
    alsoAnswers: { 301: 'Merged into another company', 304: NOT_MODIFIED },
    problems: [404],
  })
  @IdPageQuery()
  async ofCompany(
    @Ctx() ctx: RequestContext,
    @Id() id: string,
    @Query() query: Record<string, unknown>,
    @Url() url: string,
  ) {
    return page(await this.members.of(ctx, 'companies', id, readIdPage(query)), url);
  }

  @Get('leads/:id/segments')
  @Endpoint({
    permission: 'segment:read',
    summary: 'Segments that a lead belongs to',
    description: OF_RECORD,
    answers: MembershipPageDto,
    alsoAnswers: { 301: 'Merged into another lead', 304: NOT_MODIFIED },
    problems: [404],
  })
  @IdPageQuery()
  async ofLead(
    @Ctx() ctx: RequestContext,
    @Id() id: string,
    @Query() query: Record<string, unknown>,
    @Url() url: string,
  ) {
    return page(await this.members.of(ctx, 'leads', id, readIdPage(query)), url);
  }
}
