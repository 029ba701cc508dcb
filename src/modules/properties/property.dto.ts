import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsOptional,
  IsString,
  Length,
  Matches,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { nestedClass } from '../../platform/http/rules.js';
import { PROPERTY_TYPES } from '../../platform/records/custom-properties.js';
import type { PropertyType } from '../../platform/records/custom-properties.js';

const TYPES = Object.keys(PROPERTY_TYPES) as PropertyType[];

/** One choice of a select or multi-select. */
export class PropertyOptionDto {
  @ApiProperty({ example: 'gold' }) @IsString() @Length(1, 100) value!: string;
  @ApiPropertyOptional({ example: 'Gold' })
  @IsOptional()
  @IsString()
  @Length(1, 100)
  label?: string;
}

/** Body that defines a property. */
export class PropertyInput {
  @ApiProperty({ example: 'tier', description: 'Name under `custom`; it never changes' })
  @Matches(/^[a-z][A-Za-z0-9_]{0,62}$/, {
    message: 'must begin with a small letter and have 1 to 63 letters, digits and _',
  })
  name!: string;

  @ApiProperty({ example: 'Tier' }) @IsString() @Length(1, 100) label!: string;
  @ApiProperty({ enum: TYPES, example: 'select' }) @IsIn(TYPES) type!: PropertyType;
  @ApiPropertyOptional() @IsOptional() @IsString() @MaxLength(1000) description?: string;

  @ApiPropertyOptional({
    type: [PropertyOptionDto],
    description: 'Choices of select and multiSelect',
    example: [{ value: 'gold', label: 'Gold' }, { value: 'silver' }],
  })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(1000)
  @ValidateNested()
  @nestedClass(() => PropertyOptionDto)
  options?: PropertyOptionDto[];

  @ApiPropertyOptional({ default: false }) @IsOptional() @IsBoolean() required?: boolean;

  @ApiPropertyOptional({
    default: false,
    description: 'No two records share a value; records can be upserted by `custom.<name>`',
  })
  @IsOptional()
  @IsBoolean()
  unique?: boolean;

  @ApiPropertyOptional({ description: 'Object that a reference leads to, such as `company`' })
  @IsOptional()
  @IsString()
  @MaxLength(63)
  reference?: string;
}

/** Body that changes a property; its name, type and uniqueness stay. */
export class PropertyPatch {
  @ApiPropertyOptional({ example: 'Tier' })
  @IsOptional()
  @IsString()
  @Length(1, 100)
  label?: string;
  @ApiPropertyOptional() @IsOptional() @IsString() @MaxLength(1000) description?: string;

  @ApiPropertyOptional({ type: [PropertyOptionDto] })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(1000)
  @ValidateNested()
  @nestedClass(() => PropertyOptionDto)
  options?: PropertyOptionDto[];

  @ApiPropertyOptional() @IsOptional() @IsBoolean() required?: boolean;
}

export class PropertyDto {
  @ApiProperty({ example: 'contacts' }) object!: string;
  @ApiProperty({ example: 'tier' }) name!: string;
  @ApiProperty({ example: 'Tier' }) label!: string;
  @ApiProperty({ enum: TYPES }) type!: string;
  @ApiProperty({ type: String, nullable: true }) description!: string | null;
  @ApiProperty({ type: [PropertyOptionDto] }) options!: PropertyOptionDto[];
  @ApiProperty() required!: boolean;
  @ApiProperty() unique!: boolean;
  @ApiProperty({ type: String, nullable: true }) reference!: string | null;
  @ApiProperty({ format: 'date-time' }) createdAt!: string;
  @ApiProperty({ format: 'date-time' }) updatedAt!: string;
}

export class PropertyListDto {
  @ApiProperty({ type: [PropertyDto] }) data!: PropertyDto[];
}
