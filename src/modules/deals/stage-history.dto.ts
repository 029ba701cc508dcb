import { ApiProperty } from '@nestjs/swagger';

/** A step of a deal from one stage to another. */
export class StageStepDto {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ type: String, format: 'uuid', nullable: true }) fromStageId!: string | null;
  @ApiProperty({ type: String, nullable: true, example: 'qualification' })
  fromStage!: string | null;
  @ApiProperty({ format: 'uuid' }) toStageId!: string;
  @ApiProperty({ example: 'proposal' }) toStage!: string;
  @ApiProperty({ format: 'date-time' }) at!: string;
  @ApiProperty({ type: String, format: 'uuid', nullable: true }) byUserId!: string | null;
  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'How long it was in the stage it left; null where it began',
  })
  secondsInFromStage!: number | null;
}

export class StageHistoryDto {
  @ApiProperty({ type: [StageStepDto] }) data!: StageStepDto[];
}
