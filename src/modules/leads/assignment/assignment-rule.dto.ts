import { ApiProperty, ApiPropertyOptional, PartialType } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  Max,
  Min,
} from 'class-validator';
import { Omittable } from '../../../platform/http/omittable.decorator.js';

export const ASSIGNMENT_METHODS = ['roundRobin', 'leastLoad', 'fixed'] as const;
/** Most rules of a workspace. */
export const MOST_RULES = 100;
const MOST_USERS = 200;

const WHERE = {
  type: 'object',
  additionalProperties: true,
  nullable: true,
  description:
    'Which leads it is for, in the language of `where` in searches, such as a territory by ' +
    'country, region or postal code; null for all',
  example: { and: [{ field: 'address.country', op: 'in', value: ['DE', 'AT', 'CH'] }] },
} as const;

/** Body that makes an assignment rule. */
export class AssignmentRuleInput {
  @ApiProperty({ example: 'German-speaking countries' })
  @IsString()
  @Length(1, 200)
  name!: string;

  @ApiPropertyOptional({ default: true })
  @Omittable()
  @IsBoolean()
  active?: boolean;

  @ApiPropertyOptional({
    minimum: 1,
    maximum: MOST_RULES,
    description: 'Its place in the order, from 1; the rules behind it move on. Default: the last',
    example: 1,
  })
  @Omittable()
  @IsInt()
  @Min(1)
  @Max(MOST_RULES)
  place?: number;

  @ApiPropertyOptional(WHERE)
  @IsOptional()
  @IsObject()
  where?: object | null;

  @ApiProperty({
    enum: ASSIGNMENT_METHODS,
    description:
      'roundRobin: one after the other; leastLoad: whoever has the fewest open leads; fixed: the ' +
      'first of them who is there',
    example: 'roundRobin',
  })
  @IsIn(ASSIGNMENT_METHODS)
  method!: (typeof ASSIGNMENT_METHODS)[number];

  @ApiPropertyOptional({
    type: [String],
    format: 'uuid',
    maxItems: MOST_USERS,
    description: 'Users in their order; not with a team',
    example: [],
  })
  @Omittable()
  @IsArray()
  @ArrayMaxSize(MOST_USERS)
  @IsUUID(undefined, { each: true })
  userIds?: string[];

  @ApiPropertyOptional({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'Team whose members get the leads, whoever they are at the time',
  })
  @IsOptional()
  @IsUUID()
  teamId?: string | null;
}

/** Body that changes an assignment rule; what it leaves out stays. */
export class AssignmentRulePatch extends PartialType(AssignmentRuleInput, {
  skipNullProperties: false,
}) {}

/** An assignment rule as it is answered. */
export class AssignmentRuleDto {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ example: 1 }) version!: number;
  @ApiProperty({ format: 'date-time' }) createdAt!: string;
  @ApiProperty({ format: 'date-time' }) updatedAt!: string;
  @ApiProperty({ example: 'German-speaking countries' }) name!: string;
  @ApiProperty() active!: boolean;
  @ApiProperty({ example: 1 }) place!: number;
  @ApiProperty(WHERE) where!: object | null;
  @ApiProperty({ enum: ASSIGNMENT_METHODS }) method!: (typeof ASSIGNMENT_METHODS)[number];
  @ApiProperty({ type: [String] }) userIds!: string[];
  @ApiProperty({ type: String, format: 'uuid', nullable: true }) teamId!: string | null;
}

export class AssignmentRuleListDto {
  @ApiProperty({ type: [AssignmentRuleDto] }) data!: AssignmentRuleDto[];
}
