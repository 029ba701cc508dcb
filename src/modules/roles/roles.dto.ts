import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, IsArray, IsOptional, IsString, Length, MaxLength } from 'class-validator';
import { Omittable } from '../../platform/http/omittable.decorator.js';
import { PageInfoDto } from '../../platform/http/page-info.dto.js';

const PERMISSIONS = {
  type: String,
  isArray: true,
  example: ['contact:read', 'contact:update:own'],
  description:
    'Permissions, `contact:*`, `*:read` or `*`; with `:own` for records the user owns. See ' +
    '`GET /v1/permissions`.',
};

export class CreateRoleDto {
  @ApiProperty({ example: 'Support' })
  @IsString()
  @Length(1, 100)
  name!: string;

  @ApiPropertyOptional({ type: String, nullable: true, example: 'Answers customers' })
  @IsOptional()
  @IsString()
  @MaxLength(500)
  description?: string | null;

  @ApiProperty(PERMISSIONS)
  @IsArray()
  @ArrayMaxSize(200)
  @IsString({ each: true })
  permissions!: string[];
}

export class UpdateRoleDto {
  @ApiPropertyOptional({ example: 'Support' })
  @Omittable()
  @IsString()
  @Length(1, 100)
  name?: string;

  @ApiPropertyOptional({ type: String, nullable: true, example: 'Answers customers' })
  @IsOptional()
  @IsString()
  @MaxLength(500)
  description?: string | null;

  @ApiPropertyOptional(PERMISSIONS)
  @Omittable()
  @IsArray()
  @ArrayMaxSize(200)
  @IsString({ each: true })
  permissions?: string[];
}

export class RoleDto {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ example: 1 }) version!: number;
  @ApiProperty({ format: 'date-time' }) createdAt!: string;
  @ApiProperty({ format: 'date-time' }) updatedAt!: string;
  @ApiProperty({ example: 'Support' }) name!: string;
  @ApiProperty({ type: String, nullable: true }) description!: string | null;
  @ApiProperty({ type: [String], example: ['contact:read'] }) permissions!: readonly string[];
  @ApiProperty({ description: 'Comes with Keel and cannot be changed' }) builtIn!: boolean;
}

export class RoleListDto {
  @ApiProperty({ type: [RoleDto] }) data!: RoleDto[];
  @ApiProperty({ type: PageInfoDto }) page!: PageInfoDto;
}

export class PermissionDto {
  @ApiProperty({ example: 'contact:update' }) name!: string;
  @ApiProperty({ description: 'Whether `:own` can limit it to records the user owns' })
  canBeOwn!: boolean;
  @ApiProperty({ description: 'Held by platform administrators alone, whatever their roles say' })
  platformOnly!: boolean;
}

export class PermissionListDto {
  @ApiProperty({ type: [PermissionDto] }) data!: PermissionDto[];
  @ApiProperty({ type: PageInfoDto }) page!: PageInfoDto;
}
