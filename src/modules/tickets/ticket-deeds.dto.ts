import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, IsUUID, Length } from 'class-validator';
import { Omittable } from '../../platform/http/omittable.decorator.js';

const MOST_REASON = 1000;

/** Body of `POST /v1/tickets/{id}/assign`: a user, a team, or both. */
export class AssignTicketDto {
  @ApiPropertyOptional({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'Who gets it; null: nobody',
    example: null,
  })
  @IsOptional()
  @IsUUID()
  ownerId?: string | null;

  @ApiPropertyOptional({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'In whose queue it is from now on; null: in none',
    example: null,
  })
  @IsOptional()
  @IsUUID()
  teamId?: string | null;

  @ApiPropertyOptional({ example: 'They know the product', maxLength: MOST_REASON })
  @Omittable()
  @IsString()
  @Length(1, MOST_REASON)
  reason?: string;
}

/** Body of `POST /v1/tickets/{id}/status`. */
export class TicketStatusMoveDto {
  @ApiProperty({ example: 'solved', description: 'Key of a status', maxLength: 60 })
  @IsString()
  @Length(1, 60)
  status!: string;

  @ApiPropertyOptional({ example: 'A new cup is on its way', maxLength: MOST_REASON })
  @Omittable()
  @IsString()
  @Length(1, MOST_REASON)
  reason?: string;
}
