import { Body, Controller, Delete, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { RequestContext } from '../../common/context.js';
import type { Answer } from '../../platform/http/answers.js';
import { noContent, page, unstored } from '../../platform/http/answers.js';
import {
  Endpoint,
  IdempotencyHeader,
  NOT_MODIFIED,
} from '../../platform/http/endpoint.decorator.js';
import { IdPageQuery, readIdPage } from '../../platform/http/id-page.js';
import { Ctx, Id, RawQuery, Url } from '../../platform/http/parameters.js';
import { ApiKeyDto, ApiKeyListDto, CreateApiKeyDto, CreatedApiKeyDto } from './api-keys.dto.js';
import { ApiKeysService } from './api-keys.service.js';

@ApiTags('API keys')
@Controller('v1/api-keys')
export class ApiKeysController {
  constructor(private readonly keys: ApiKeysService) {}

  @Get()
  @Endpoint({
    permission: 'apiKey:manage',
    summary: 'List API keys',
    alsoAnswers: { 304: NOT_MODIFIED },
    answers: ApiKeyListDto,
  })
  @IdPageQuery()
  async list(
    @Ctx() ctx: RequestContext,
    @RawQuery() query: Record<string, unknown>,
    @Url() url: string,
  ): Promise<Answer> {
    return page(await this.keys.list(ctx, readIdPage(query)), url);
  }

  @Post()
  @Endpoint({
    permission: 'apiKey:manage',
    summary: 'Make an API key',
    description: 'The key acts for the user who makes it, within its scopes.',
    status: 201,
    answers: CreatedApiKeyDto,
    problems: [422],
  })
  @IdempotencyHeader()
  async create(@Ctx() ctx: RequestContext, @Body() body: CreateApiKeyDto): Promise<Answer> {
    const key = await this.keys.create(ctx, body);
    return unstored(key, 201, { location: `/v1/api-keys/${key.id}` });
  }

  @Get(':id')
  @Endpoint({
    permission: 'apiKey:manage',
    summary: 'Get an API key',
    answers: ApiKeyDto,
    problems: [404],
  })
  async get(@Ctx() ctx: RequestContext, @Id() id: string): Promise<Answer> {
    return unstored(await this.keys.get(ctx, id));
  }

  @Delete(':id')
  @Endpoint({
    permission: 'apiKey:manage',
    summary: 'Revoke an API key',
    description: 'It is refused at once, and by every other instance within a second.',
    status: 204,
    answers: null,
    problems: [404],
  })
  async revoke(@Ctx() ctx: RequestContext, @Id() id: string): Promise<Answer> {
    await this.keys.revoke(ctx, id);
    return noContent();
  }
}
