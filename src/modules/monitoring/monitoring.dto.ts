import { ApiExtraModels, ApiProperty } from '@nestjs/swagger';
import type { CheckResult, Health } from '../../platform/telemetry/health.js';

const COUNTS = { type: 'object', additionalProperties: { type: 'number' } } as const;

class CheckDto implements CheckResult {
  @ApiProperty({ enum: ['up', 'down'] }) status!: 'up' | 'down';
  @ApiProperty({ description: 'Milliseconds it took to answer' }) ms!: number;
}

@ApiExtraModels(CheckDto)
export class HealthDto implements Health {
  @ApiProperty({
    enum: ['ok', 'degraded', 'down'],
    description: '`degraded`: requests are answered, but slower, or what they start waits',
  })
  status!: Health['status'];
  @ApiProperty({
    type: 'object',
    additionalProperties: { $ref: '#/components/schemas/CheckDto' },
    example: { database: { status: 'up', ms: 0.8 }, queue: { status: 'up', ms: 0.5 } },
  })
  checks!: Record<string, CheckDto>;
}

export class LivenessDto {
  @ApiProperty({ example: 'ok' }) status!: string;
}

export class BacklogDto {
  @ApiProperty() waiting!: number;
  @ApiProperty({ description: 'Seconds the oldest has waited' }) lag!: number;
}

export class JobKindDto {
  @ApiProperty({ example: 'import-run' }) name!: string;
  @ApiProperty() waiting!: number;
  @ApiProperty() active!: number;
  @ApiProperty() delayed!: number;
  @ApiProperty({ description: 'The newest of those that succeeded' }) completed!: number;
  @ApiProperty({ description: 'Given up; see the failed jobs' }) failed!: number;
}

export class QueuesDto {
  @ApiProperty({ enum: ['postgresql', 'redis'], description: 'Where the queues are kept' })
  store!: 'postgresql' | 'redis';
  @ApiProperty({ type: [JobKindDto] }) data!: JobKindDto[];
  @ApiProperty({ type: BacklogDto, description: 'Committed jobs not yet handed on' })
  outbox!: BacklogDto;
}

export class FailedJobDto {
  @ApiProperty() id!: string;
  @ApiProperty({ type: String, nullable: true }) workspaceId!: string | null;
  @ApiProperty({ type: 'object', additionalProperties: true }) data!: unknown;
  @ApiProperty() attempts!: number;
  @ApiProperty({ example: 'The file cannot be read' }) reason!: string;
  @ApiProperty({ format: 'date-time' }) failedAt!: string;
}

class FailedEndDto {
  @ApiProperty({ type: String, nullable: true }) nextCursor!: string | null;
  @ApiProperty() hasMore!: boolean;
}

export class FailedJobsDto {
  @ApiProperty({ type: [FailedJobDto] }) data!: FailedJobDto[];
  @ApiProperty({ type: FailedEndDto }) page!: FailedEndDto;
}

class JobsDto {
  @ApiProperty({ type: [JobKindDto] }) kinds!: JobKindDto[];
  @ApiProperty({ type: BacklogDto }) outbox!: BacklogDto;
}

class EventsFiguresDto extends BacklogDto {
  @ApiProperty({ description: 'Streams this process serves' }) streams!: number;
}

class EventLoopDto {
  @ApiProperty() mean!: number;
  @ApiProperty() p99!: number;
}

class MemoryDto {
  @ApiProperty() rss!: number;
  @ApiProperty() heapUsed!: number;
}

class ProcessDto {
  @ApiProperty() pid!: number;
  @ApiProperty({ example: 'v24.9.0' }) node!: string;
  @ApiProperty({ description: 'Seconds since its start' }) uptime!: number;
  @ApiProperty({ type: MemoryDto, description: 'Bytes' }) memory!: MemoryDto;
  @ApiProperty({ type: EventLoopDto, description: 'Milliseconds, since the last look' })
  eventLoopDelay!: EventLoopDto;
}

class PoolDto {
  @ApiProperty() open!: number;
  @ApiProperty() idle!: number;
  @ApiProperty({ description: 'Requests that wait for a connection' }) waiting!: number;
}

class DatabaseDto {
  @ApiProperty({ description: 'On the disk' }) bytes!: number;
  @ApiProperty({ description: 'Of all processes' }) connections!: number;
  @ApiProperty({ type: PoolDto, description: 'Of this process' }) pool!: PoolDto;
}

/** What `GET /admin/monitoring` answers. */
export class MonitoringDto {
  @ApiProperty({ format: 'date-time' }) at!: string;
  @ApiProperty({ type: HealthDto }) health!: HealthDto;
  @ApiProperty({ type: ProcessDto }) process!: ProcessDto;
  @ApiProperty({ type: DatabaseDto }) database!: DatabaseDto;
  @ApiProperty({ ...COUNTS, description: 'Of this process, since its start' })
  cache!: object;
  @ApiProperty({ type: JobsDto }) jobs!: JobsDto;
  @ApiProperty({ type: EventsFiguresDto, description: 'Events without a place in the feed' })
  events!: EventsFiguresDto;
  @ApiProperty({ type: BacklogDto, description: 'Records not yet findable' }) search!: BacklogDto;
  @ApiProperty({ ...COUNTS, description: 'Rows of all imports that are kept, and those running' })
  imports!: object;
}
