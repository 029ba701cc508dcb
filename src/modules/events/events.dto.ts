import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsNumberString, IsOptional, IsString } from 'class-validator';

class ActorDto {
  @ApiProperty({ enum: ['user', 'apiKey', 'system'] }) type!: string;
  @ApiProperty({ type: String, nullable: true, description: 'The user, or the API key' })
  id!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'The user who acted, also by a key' })
  userId!: string | null;
}

export class EventDto {
  @ApiProperty({ example: '019ab3f2-6c1e-7d20-8f10-3b5a9c4d7e21' }) id!: string;
  @ApiProperty({ example: 'contact.updated' }) type!: string;
  @ApiProperty({ format: 'date-time', example: '2026-03-01T09:30:00.000Z' }) occurredAt!: string;
  @ApiProperty({ type: ActorDto }) actor!: ActorDto;
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'What caused a bulk write, such as `import:<id>`',
  })
  source!: string | null;
  @ApiProperty({ type: [String], description: '1 to 1,000 records' }) recordIds!: string[];
  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: { type: 'array', items: {}, minItems: 2, maxItems: 2 },
    description: '`{property: [old, new]}`; for a write of several records see their timelines',
    example: { title: ['Engineer', 'Head of Engineering'] },
  })
  changes?: Record<string, unknown>;
}

class FeedEndDto {
  @ApiProperty({ description: '`after` of the next request, also when there is nothing more yet' })
  nextCursor!: string;
  @ApiProperty({ description: 'Whether the next request is worth sending at once' })
  hasMore!: boolean;
}

export class EventPageDto {
  @ApiProperty({ type: [EventDto] }) data!: EventDto[];
  @ApiProperty({ type: FeedEndDto }) page!: FeedEndDto;
}

/** Which events a stream sends. */
export class StreamQueryDto {
  @ApiPropertyOptional({
    description:
      '`page.nextCursor` of the page before, or `latest` for what happens from now on. ' +
      'Without it the feed begins with the oldest event that is kept, and a stream with the next.',
  })
  @IsOptional()
  @IsString()
  after?: string;

  @ApiPropertyOptional({
    description: 'Only these types, separated by commas; `contact.*` stands for all of an object',
    example: 'contact.*,company.created',
  })
  @IsOptional()
  @IsString()
  types?: string;
}

/** Which events a page shows. */
export class FeedQueryDto extends StreamQueryDto {
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: 500, default: 50 })
  @IsOptional()
  @IsNumberString({ no_symbols: true })
  limit?: string;
}
