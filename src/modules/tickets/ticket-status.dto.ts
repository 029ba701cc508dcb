import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsOptional,
  IsString,
  Length,
  Matches,
  ValidateNested,
} from 'class-validator';
import { nestedClass } from '../../platform/http/rules.js';
import { STATUS_CATEGORIES } from './ticket-flow.js';
import type { StatusCategory } from './ticket-flow.js';

/** Most statuses of a workspace. */
const MOST_STATUSES = 50;

export class TicketStatusDto {
  @ApiProperty({ example: 'waitingForSupplier', description: 'Letters, digits, `-` and `_`' })
  @IsString()
  @Matches(/^[A-Za-z][\w-]{0,59}$/, {
    message: 'must begin with a letter, then letters and digits',
  })
  key!: string;

  @ApiProperty({ example: 'Waiting for the supplier', maxLength: 100 })
  @IsString()
  @Length(1, 100)
  name!: string;

  @ApiProperty({
    enum: STATUS_CATEGORIES,
    example: 'onHold',
    description: 'What it means; `pending` waits for the customer',
  })
  @IsIn(STATUS_CATEGORIES)
  category!: StatusCategory;

  @ApiPropertyOptional({
    type: [String],
    nullable: true,
    example: ['open', 'solved'],
    description: 'Keys of the statuses that may follow; null: all of them',
  })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(MOST_STATUSES)
  @IsString({ each: true })
  next?: string[] | null;
}

/** Body of `PUT /v1/ticket-statuses`: all statuses, in their order. */
export class PutTicketStatusesDto {
  @ApiProperty({
    type: [TicketStatusDto],
    minItems: 1,
    maxItems: MOST_STATUSES,
    example: [
      { key: 'new', name: 'New', category: 'new', next: ['open', 'solved'] },
      { key: 'open', name: 'In progress', category: 'open', next: ['pending', 'solved'] },
      { key: 'pending', name: 'Waiting', category: 'pending', next: ['open', 'solved'] },
      { key: 'onHold', name: 'On hold', category: 'onHold', next: ['open', 'solved'] },
      { key: 'solved', name: 'Solved', category: 'solved', next: ['open', 'closed'] },
      { key: 'closed', name: 'Closed', category: 'closed', next: [] },
    ],
  })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_STATUSES)
  @ValidateNested()
  @nestedClass(() => TicketStatusDto)
  statuses!: TicketStatusDto[];
}

export class TicketStatusesDto {
  @ApiProperty({ type: [TicketStatusDto] }) data!: TicketStatusDto[];
  @ApiProperty({ description: 'Whether it is the flow of workspaces that have set none' })
  isUsual!: boolean;
}
