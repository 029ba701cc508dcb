import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, IsUUID } from 'class-validator';
import { ActivityDto } from './activity.dto.js';

/** Parameters of `GET /v1/activities/agenda`. */
export class AgendaQueryDto {
  @ApiPropertyOptional({
    format: 'date',
    description: 'The day; today on the clock of the user by default',
  })
  @IsOptional()
  @IsString()
  date?: string;

  @ApiPropertyOptional({ format: 'uuid', description: 'Whose; the caller by default' })
  @IsOptional()
  @IsUUID()
  userId?: string;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: 31,
    default: 7,
    description: 'How many days, `date` among them; those after it are `upcoming`',
  })
  @IsOptional()
  @IsString()
  days?: string;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: 200,
    default: 50,
    description: 'Most activities of each list',
  })
  @IsOptional()
  @IsString()
  limit?: string;
}

class AgendaCountsDto {
  @ApiProperty({ example: 2 }) overdue!: number;
  @ApiProperty({ example: 5 }) today!: number;
  @ApiProperty({ example: 9 }) upcoming!: number;
  @ApiProperty({ example: 1 }) undated!: number;
}

export class AgendaDto {
  @ApiProperty({ format: 'uuid' }) userId!: string;
  @ApiProperty({ format: 'date', example: '2026-11-22' }) date!: string;
  @ApiProperty({ example: 7 }) days!: number;
  @ApiProperty({
    example: 'Europe/Berlin',
    description: 'Of the user, else of the workspace: whose days these are',
  })
  timeZone!: string;
  @ApiProperty({ type: AgendaCountsDto, description: 'All of them, up to `mostCounted` each' })
  counts!: AgendaCountsDto;
  @ApiProperty({ example: 1000 }) mostCounted!: number;
  @ApiProperty({ type: [ActivityDto], description: 'Was up before the day; the latest first' })
  overdue!: ActivityDto[];
  @ApiProperty({ type: [ActivityDto], description: 'What goes on since before the day, too' })
  today!: ActivityDto[];
  @ApiProperty({ type: [ActivityDto] }) upcoming!: ActivityDto[];
  @ApiProperty({ type: [ActivityDto], description: 'Open, without a time' })
  undated!: ActivityDto[];
}
