import { Body, Controller, Delete, Get, Put, Query } from '@nestjs/common';
import { ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { IsOptional, IsString } from 'class-validator';
import type { RequestContext } from '../../common/context.js';
import { json, ok, recordOf } from '../../platform/http/answers.js';
import { Endpoint } from '../../platform/http/endpoint.decorator.js';
import { Ctx, Id } from '../../platform/http/parameters.js';
import { AvailabilityDto } from './availability.dto.js';
import { AvailabilityService } from './availability.service.js';
import { OutOfOfficeService } from './out-of-office.service.js';
import { OutOfOfficeInput, UserDto } from './users.dto.js';

class AvailabilityQueryDto {
  @ApiPropertyOptional({ format: 'date-time', description: 'Now, when left out' })
  @IsOptional()
  @IsString()
  at?: string;
}

@ApiTags('Users')
@Controller('v1/users/:id')
export class AbsencesController {
  constructor(
    private readonly absences: OutOfOfficeService,
    private readonly availability: AvailabilityService,
  ) {}

  @Put('out-of-office')
  @Endpoint({
    permission: 'self',
    summary: 'Say when a user is away, and who stands in',
    description:
      'In the place of what was said before. People who signed in may do so for themselves; for ' +
      'others it takes `user:manage`.',
    answers: UserDto,
    problems: [404, 422],
  })
  async begin(@Ctx() ctx: RequestContext, @Id() id: string, @Body() body: OutOfOfficeInput) {
    return ok(recordOf(await this.absences.begin(ctx, id, body)));
  }

  @Delete('out-of-office')
  @Endpoint({
    permission: 'self',
    summary: 'End an absence, or call it off',
    description: 'For oneself after signing in; for others it takes `user:manage`.',
    answers: UserDto,
    problems: [404],
  })
  async end(@Ctx() ctx: RequestContext, @Id() id: string) {
    return ok(recordOf(await this.absences.end(ctx, id)));
  }

  @Get('availability')
  @Endpoint({
    permission: 'user:read',
    summary: 'Whether a user works at a time, and who stands in for them',
    description:
      'Reckons with their working hours, holidays and absence, on the clock of their time zone. ' +
      'A stand-in who is away as well is stood in for by theirs, and so on.',
    answers: AvailabilityDto,
    problems: [404],
  })
  async show(@Ctx() ctx: RequestContext, @Id() id: string, @Query() query: AvailabilityQueryDto) {
    return json(await this.availability.get(ctx, id, query.at));
  }
}
