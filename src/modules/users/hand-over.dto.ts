import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsBoolean, IsString, IsUUID } from 'class-validator';
import { Omittable } from '../../platform/http/omittable.decorator.js';
import { PageInfoDto } from '../../platform/http/page-info.dto.js';
import { UserDto } from './users.dto.js';

/** Body of `POST /v1/users/{id}/hand-over`. */
export class HandOverInput {
  @ApiProperty({ format: 'uuid', description: 'The active user who gets the records' })
  @IsUUID()
  to!: string;

  @ApiPropertyOptional({
    type: String,
    isArray: true,
    example: ['contacts', 'companies'],
    description: 'All objects, when left out',
  })
  @Omittable()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(50)
  @IsString({ each: true })
  objects?: string[];

  @ApiPropertyOptional({ default: false, description: 'Only say how many records it would be' })
  @Omittable()
  @IsBoolean()
  dryRun?: boolean;
}

/** Body of `POST /v1/users/{id}/deactivate`. */
export class DeactivateInput {
  @ApiPropertyOptional({
    format: 'uuid',
    description: 'The active user who gets every record of the one who leaves',
  })
  @Omittable()
  @IsUUID()
  handOverTo?: string;
}

export const HAND_OVER_STATES = ['dryRun', 'queued', 'running', 'completed', 'failed'] as const;

export class HandOverDto {
  @ApiProperty({ format: 'uuid', type: String, nullable: true, description: 'Null: a dry run' })
  id!: string | null;
  @ApiProperty({ format: 'uuid' }) userId!: string;
  @ApiProperty({ format: 'uuid' }) to!: string;
  @ApiProperty({ type: [String], example: ['contacts', 'companies'] }) objects!: string[];
  @ApiProperty({ enum: HAND_OVER_STATES }) status!: (typeof HAND_OVER_STATES)[number];
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'integer' },
    example: { contacts: 1200, companies: 85 },
    description: 'Records that have changed hands so far; of a dry run, those that would',
  })
  moved!: Record<string, number>;
  @ApiProperty({ example: 1285 }) total!: number;
  @ApiProperty({ type: 'object', additionalProperties: true, nullable: true })
  error!: object | null;
  @ApiProperty({ format: 'date-time' }) createdAt!: string;
  @ApiProperty({ format: 'date-time', nullable: true, type: String }) startedAt!: string | null;
  @ApiProperty({ format: 'date-time', nullable: true, type: String }) finishedAt!: string | null;
}

export class HandOverPageDto {
  @ApiProperty({ type: [HandOverDto] }) data!: HandOverDto[];
  @ApiProperty({ type: PageInfoDto }) page!: PageInfoDto;
}

export class DeactivatedUserDto extends UserDto {
  @ApiProperty({
    type: HandOverDto,
    nullable: true,
    description: 'Goes on behind this answer; see `GET /v1/users/{id}/hand-overs/{handOverId}`',
  })
  handOver!: HandOverDto | null;
}
