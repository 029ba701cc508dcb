import { ApiProperty } from '@nestjs/swagger';

const COUNTS = {
  type: 'object',
  additionalProperties: { type: 'integer' },
  example: { contacts: 1200, companies: 85 },
  description: 'Records owned, outside the bin, by object; those the caller may read',
} as const;

const OPEN = {
  type: 'object',
  additionalProperties: {
    type: 'object',
    properties: { open: { type: 'integer' }, overdue: { type: 'integer' } },
  },
  example: { deals: { open: 12, overdue: 3 } },
  description: 'Work that is not done yet, by object; the overdue among the open',
} as const;

export class OpenWorkDto {
  @ApiProperty() open!: number;
  @ApiProperty() overdue!: number;
}

/** What somebody has to look after. */
export class WorkloadCountsDto {
  @ApiProperty(COUNTS) owned!: Record<string, number>;
  @ApiProperty({ example: 1285 }) ownedTotal!: number;
  @ApiProperty({
    type: [String],
    example: [],
    description: 'Objects of which a user owns more than 100,000: counting stops there',
  })
  moreThan!: string[];
  @ApiProperty(OPEN) work!: Record<string, OpenWorkDto>;
  @ApiProperty({ example: 12 }) openTotal!: number;
  @ApiProperty({ example: 3 }) overdueTotal!: number;
}

export class WorkloadDto extends WorkloadCountsDto {
  @ApiProperty({ format: 'uuid' }) userId!: string;
}

export class TeamWorkloadDto extends WorkloadCountsDto {
  @ApiProperty({ format: 'uuid' }) teamId!: string;
  @ApiProperty({ type: [WorkloadDto], description: 'By member, in the order of their names' })
  members!: (WorkloadDto & { name: string })[];
}
