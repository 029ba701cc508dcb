import { Body, Controller, Delete, Get, Patch, Post } from '@nestjs/common';
import { ApiQuery, ApiTags } from '@nestjs/swagger';
import type { RequestContext } from '../../../common/context.js';
import { created, json, noContent, ok, page, recordOf } from '../../../platform/http/answers.js';
import {
  Endpoint,
  IdempotencyHeader,
  NOT_MODIFIED,
} from '../../../platform/http/endpoint.decorator.js';
import { IdPageQuery, readIdPage } from '../../../platform/http/id-page.js';
import { IfMatchHeader } from '../../../platform/http/list-docs.js';
import { Ctx, Id, IfMatch, RawQuery, Url } from '../../../platform/http/parameters.js';
import { LeadFormDto, LeadFormInput, LeadFormPageDto, LeadFormPatch } from './lead-form.dto.js';
import { LeadFormsService } from './lead-forms.service.js';
import { SUBMISSION_STATUSES, SubmissionDto, SubmissionPageDto } from './submission.dto.js';
import { SubmissionsService } from './submissions.service.js';

const PATH = '/v1/lead-forms';

@ApiTags('Lead forms')
@Controller(PATH)
export class LeadFormsController {
  constructor(
    private readonly forms: LeadFormsService,
    private readonly submissions: SubmissionsService,
  ) {}

  @Get()
  @Endpoint({
    permission: 'leadForm:read',
    summary: 'List the forms',
    answers: LeadFormPageDto,
    alsoAnswers: { 304: NOT_MODIFIED },
  })
  @IdPageQuery()
  async list(
    @Ctx() ctx: RequestContext,
    @RawQuery() query: Record<string, unknown>,
    @Url() url: string,
  ) {
    return page(await this.forms.list(ctx, readIdPage(query)), url);
  }

  @Post()
  @Endpoint({
    permission: 'leadForm:manage',
    summary: 'Make a form',
    description: 'Its `publicKey` is where visitors send it: `POST /v1/forms/{publicKey}`.',
    status: 201,
    answers: LeadFormDto,
    problems: [422],
  })
  @IdempotencyHeader()
  async create(@Ctx() ctx: RequestContext, @Body() body: LeadFormInput) {
    return created(recordOf(await this.forms.create(ctx, body)), PATH);
  }

  @Get(':id')
  @Endpoint({
    permission: 'leadForm:read',
    summary: 'Get a form',
    answers: LeadFormDto,
    alsoAnswers: { 304: NOT_MODIFIED },
    problems: [404],
  })
  async get(@Ctx() ctx: RequestContext, @Id() id: string) {
    return ok(recordOf(await this.forms.get(ctx, id)));
  }

  @Patch(':id')
  @Endpoint({
    permission: 'leadForm:manage',
    summary: 'Change a form',
    answers: LeadFormDto,
    problems: [404, 412, 422],
  })
  @IfMatchHeader()
  async update(
    @Ctx() ctx: RequestContext,
    @Id() id: string,
    @Body() body: LeadFormPatch,
    @IfMatch() version: number | undefined,
  ) {
    return ok(recordOf(await this.forms.update(ctx, id, body, version)));
  }

  @Delete(':id')
  @Endpoint({
    permission: 'leadForm:manage',
    summary: 'Remove a form and what came through it; its leads stay',
    status: 204,
    answers: null,
    problems: [404],
  })
  async remove(@Ctx() ctx: RequestContext, @Id() id: string) {
    await this.forms.remove(ctx, id);
    return noContent();
  }

  @Get(':id/submissions')
  @Endpoint({
    permission: 'leadForm:manage',
    summary: 'List what came through a form, spam too',
    description: 'Spam is kept for 90 days.',
    answers: SubmissionPageDto,
    alsoAnswers: { 304: NOT_MODIFIED },
    problems: [404],
  })
  @ApiQuery({ name: 'status', required: false, enum: SUBMISSION_STATUSES })
  @IdPageQuery()
  async listSubmissions(
    @Ctx() ctx: RequestContext,
    @Id() id: string,
    @RawQuery() query: Record<string, unknown>,
    @Url() url: string,
  ) {
    return page(await this.submissions.list(ctx, id, query), url);
  }

  @Post(':id/submissions/:submissionId/release')
  @Endpoint({
    permission: 'leadForm:manage',
    summary: 'Let spam through after all',
    description: 'It becomes a lead, or a message of the open lead with its address.',
    answers: SubmissionDto,
    problems: [404, 409, 422],
  })
  @IdempotencyHeader()
  async release(
    @Ctx() ctx: RequestContext,
    @Id() id: string,
    @Id('submissionId') submissionId: string,
  ) {
    return json(await this.submissions.release(ctx, id, submissionId));
  }

  @Delete(':id/submissions/:submissionId')
  @Endpoint({
    permission: 'leadForm:manage',
    summary: 'Remove spam for good',
    status: 204,
    answers: null,
    problems: [404, 409],
  })
  async removeSubmission(
    @Ctx() ctx: RequestContext,
    @Id() id: string,
    @Id('submissionId') submissionId: string,
  ) {
    await this.submissions.remove(ctx, id, submissionId);
    return noContent();
  }
}
