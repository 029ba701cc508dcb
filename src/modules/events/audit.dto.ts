import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsNumberString, IsOptional, IsRFC3339, IsString, IsUUID, Matches } from 'class-validator';
import { EventDto } from './events.dto.js';

export class AuditEntryDto extends EventDto {
  @ApiProperty({ example: 'contacts', description: 'Object, or the area of Keel' }) object!: string;
  @ApiProperty({ type: String, nullable: true }) requestId!: string | null;
  @ApiProperty({ type: String, nullable: true }) ip!: string | null;
}

class AuditEndDto {
  @ApiProperty({ type: String, nullable: true }) nextCursor!: string | null;
  @ApiProperty() hasMore!: boolean;
}

export class AuditPageDto {
  @ApiProperty({ type: [AuditEntryDto] }) data!: AuditEntryDto[];
  @ApiProperty({ type: AuditEndDto }) page!: AuditEndDto;
}

/** Which entries of the audit trail are wanted. */
export class AuditQueryDto {
  @ApiPropertyOptional({ format: 'uuid', description: 'User or API key that acted' })
  @IsOptional()
  @IsUUID()
  actor?: string;

  @ApiPropertyOptional({ example: 'contacts', description: 'Object, or area such as `auth`' })
  @IsOptional()
  @IsString()
  object?: string;

  @ApiPropertyOptional({ format: 'uuid' }) @IsOptional() @IsUUID() recordId?: string;

  @ApiPropertyOptional({ example: 'auth.*', description: 'One type, or all of an object' })
  @IsOptional()
  @Matches(/^[a-zA-Z]{1,63}\.(\*|[a-z_]{1,63})$/)
  type?: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'At this time or later' })
  @IsOptional()
  @IsRFC3339()
  from?: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'Before this time' })
  @IsOptional()
  @IsRFC3339()
  to?: string;

  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: 500, default: 50 })
  @IsOptional()
  @IsNumberString({ no_symbols: true })
  limit?: string;

  @ApiPropertyOptional({ description: '`page.nextCursor` of the page before' })
  @IsOptional()
  @IsString()
  cursor?: string;
}
