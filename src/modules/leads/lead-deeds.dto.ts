import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, IsUUID, Length } from 'class-validator';

/** Body of `POST /v1/leads/{id}/disqualify`. */
export class DisqualifyLeadDto {
  @ApiProperty({ example: 'No budget this year', maxLength: 500 })
  @IsString()
  @Length(1, 500)
  reason!: string;
}

/** Body of `POST /v1/leads/{id}/assign`: one of the two. */
export class AssignLeadDto {
  @ApiPropertyOptional({ type: String, format: 'uuid', description: 'Who gets it' })
  @IsOptional()
  @IsUUID()
  ownerId?: string;

  @ApiPropertyOptional({
    description: 'true: the assignment rules choose, as for a new lead',
    enum: [true],
    example: true,
  })
  @IsOptional()
  @IsIn([true])
  rule?: true;
}
