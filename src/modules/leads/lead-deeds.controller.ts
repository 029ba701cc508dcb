import { Body, Controller, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { RequestContext } from '../../common/context.js';
import { Answer, ok } from '../../platform/http/answers.js';
import { Endpoint, IdempotencyHeader } from '../../platform/http/endpoint.decorator.js';
import { IfMatchHeader } from '../../platform/http/list-docs.js';
import { Ctx, Id, IfMatch } from '../../platform/http/parameters.js';
import { ConversionDto, ConvertLeadDto } from './conversion/conversion.dto.js';
import { ConversionService } from './conversion/conversion.service.js';
import { AssignLeadDto, DisqualifyLeadDto } from './lead-deeds.dto.js';
import { LeadDeedsService } from './lead-deeds.service.js';
import { LeadDto } from './lead.dto.js';

@ApiTags('Leads')
@Controller('v1/leads/:id')
export class LeadDeedsController {
  constructor(
    private readonly deeds: LeadDeedsService,
    private readonly conversions: ConversionService,
  ) {}

  @Post('disqualify')
  @Endpoint({
    permission: 'lead:update',
    summary: 'Give a lead up, with a reason',
    answers: LeadDto,
    problems: [404, 409, 412, 422],
  })
  @IdempotencyHeader()
  @IfMatchHeader()
  async disqualify(
    @Ctx() ctx: RequestContext,
    @Id() id: string,
    @Body() body: DisqualifyLeadDto,
    @IfMatch() version: number | undefined,
  ) {
    return ok(await this.deeds.disqualify(ctx, id, body.reason, version));
  }

  @Post('requalify')
  @Endpoint({
    permission: 'lead:update',
    summary: 'Take a disqualified lead up again',
    description: 'It is `working` afterwards.',
    answers: LeadDto,
    problems: [404, 409, 412],
  })
  @IdempotencyHeader()
  @IfMatchHeader()
  async requalify(
    @Ctx() ctx: RequestContext,
    @Id() id: string,
    @IfMatch() version: number | undefined,
  ) {
    return ok(await this.deeds.requalify(ctx, id, version));
  }

  @Post('assign')
  @Endpoint({
    permission: 'lead:update',
    summary: 'Give a lead to somebody, or let the rules choose',
    answers: LeadDto,
    problems: [404, 409, 412, 422],
  })
  @IdempotencyHeader()
  @IfMatchHeader()
  async assign(
    @Ctx() ctx: RequestContext,
    @Id() id: string,
    @Body() body: AssignLeadDto,
    @IfMatch() version: number | undefined,
  ) {
    return ok(await this.deeds.assign(ctx, id, body, version));
  }

  @Post('convert')
  @Endpoint({
    permission: 'lead:update',
    summary: 'Turn a lead into a contact, with its company and a deal',
    description:
      'All in one transaction. Contacts are matched by e-mail address and phone, companies by ' +
      'domain and name; what they lack is filled in, and nothing is overwritten. Where several ' +
      'could be meant, a dry run names them as `candidates`, and without a dry run the answer is ' +
      '409 with them. Needs the permissions to create what is new.',
    answers: ConversionDto,
    problems: [404, 409, 412, 422],
  })
  @IdempotencyHeader()
  @IfMatchHeader()
  async convert(
    @Ctx() ctx: RequestContext,
    @Id() id: string,
    @Body() body: ConvertLeadDto,
    @IfMatch() version: number | undefined,
  ) {
    const { lead, ...rest } = await this.conversions.convert(ctx, id, body, version);
    const others = JSON.stringify(rest).slice(1);
    return new Answer(200, `{"lead":${lead?.json ?? 'null'},${others}`);
  }
}
