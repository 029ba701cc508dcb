import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsNumberString, IsOptional, IsUUID } from 'class-validator';
import { Omittable } from '../../platform/http/omittable.decorator.js';
import { DealDto } from './deal.dto.js';

export class BoardQueryDto {
  @ApiPropertyOptional({
    type: 'integer',
    minimum: 0,
    maximum: 100,
    default: 20,
    description: 'Deals of each stage, those that came into it last',
  })
  @IsOptional()
  @IsNumberString({ no_symbols: true })
  limit?: string;

  @ApiPropertyOptional({ format: 'uuid', description: 'Only deals of this user' })
  @Omittable()
  @IsUUID()
  ownerId?: string;
}

/** A rate that a report was made with. */
export class UsedRateDto {
  @ApiProperty({ example: 'USD' }) from!: string;
  @ApiProperty({ example: 'EUR' }) to!: string;
  @ApiProperty({ example: '0.9215' }) rate!: string;
  @ApiProperty({ format: 'date', description: 'Day that the rate is of' }) date!: string;
}

/** Deals whose currency has no rate: they are in no sum. */
export class UnconvertedDto {
  @ApiProperty({ example: 'CHF' }) currency!: string;
  @ApiProperty({ example: 3 }) deals!: number;
  @ApiProperty({ example: '4100.00' }) amount!: string;
}

export class BoardStageDto {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ example: 'proposal' }) key!: string;
  @ApiProperty({ example: 'Proposal' }) name!: string;
  @ApiProperty({ enum: ['open', 'won', 'lost'] }) type!: string;
  @ApiProperty({ example: 40 }) probability!: number;
  @ApiProperty({ type: 'integer', nullable: true }) rottingDays!: number | null;
  @ApiProperty({ description: 'Deals in the stage' }) count!: number;
  @ApiProperty({ example: '125000.00', description: 'In the currency of the workspace' })
  sum!: string;
  @ApiProperty({ example: '50000.00', description: 'Each deal by its probability' })
  weightedSum!: string;
  @ApiProperty({ type: [UnconvertedDto] }) unconverted!: UnconvertedDto[];
  @ApiProperty({ type: [DealDto], description: 'The first ones; `rottingAt` in the past: it rots' })
  deals!: DealDto[];
  @ApiProperty({ type: String, nullable: true, description: 'Address of the deals after these' })
  more!: string | null;
}

export class BoardDto {
  @ApiProperty({ format: 'uuid' }) pipelineId!: string;
  @ApiProperty({ example: 'EUR' }) currency!: string;
  @ApiProperty({ type: [UsedRateDto] }) rates!: UsedRateDto[];
  @ApiProperty({ type: [BoardStageDto] }) stages!: BoardStageDto[];
}

export class MovedDealsDto {
  @ApiProperty({ description: 'Deals that were moved' }) moved!: number;
  @ApiProperty({ description: 'Deals that could not be, such as those of others' })
  refused!: number;
  @ApiProperty({ description: 'Deals still in the stage: call again when some were moved' })
  remaining!: number;
}
