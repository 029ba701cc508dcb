import { Body, Controller, Delete, Get, Param, Patch, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { RequestContext } from '../../common/context.js';
import { json, noContent } from '../../platform/http/answers.js';
import { Endpoint, IdempotencyHeader } from '../../platform/http/endpoint.decorator.js';
import { Ctx } from '../../platform/http/parameters.js';
import { PropertiesService } from './properties.service.js';
import { PropertyDto, PropertyInput, PropertyListDto, PropertyPatch } from './property.dto.js';

@ApiTags('Properties')
@Controller('/v1/properties')
export class PropertiesController {
  constructor(private readonly properties: PropertiesService) {}

  @Get(':object')
  @Endpoint({
    permission: 'property:read',
    summary: 'List the custom properties of an object',
    answers: PropertyListDto,
    problems: [404],
  })
  async list(@Ctx() ctx: RequestContext, @Param('object') object: string) {
    return json(await this.properties.list(ctx, object));
  }

  @Post(':object')
  @Endpoint({
    permission: 'property:manage',
    summary: 'Define a custom property of an object',
    status: 201,
    answers: PropertyDto,
    problems: [404, 409, 422],
  })
  @IdempotencyHeader()
  async create(
    @Ctx() ctx: RequestContext,
    @Param('object') object: string,
    @Body() body: PropertyInput,
  ) {
    return json(await this.properties.create(ctx, object, body), 201);
  }

  @Patch(':object/:name')
  @Endpoint({
    permission: 'property:manage',
    summary: 'Change a custom property',
    answers: PropertyDto,
    problems: [404, 409, 422],
  })
  async update(
    @Ctx() ctx: RequestContext,
    @Param('object') object: string,
    @Param('name') name: string,
    @Body() body: PropertyPatch,
  ) {
    return json(await this.properties.update(ctx, object, name, body));
  }

  @Delete(':object/:name')
  @Endpoint({
    permission: 'property:manage',
    summary: 'Archive a custom property',
    description: 'Its name cannot be used again.',
    status: 204,
    problems: [404],
  })
  async archive(
    @Ctx() ctx: RequestContext,
    @Param('object') object: string,
    @Param('name') name: string,
  ) {
    await this.properties.archive(ctx, object, name);
    return noContent();
  }
}
