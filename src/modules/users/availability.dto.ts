import { ApiProperty } from '@nestjs/swagger';
import { OutOfOfficeDto } from './users.dto.js';

/** What somebody is doing at a time; `inactive` are users invited or deactivated. */
export const AVAILABILITIES = ['working', 'offHours', 'outOfOffice', 'inactive'] as const;
export type AvailabilityStatus = (typeof AVAILABILITIES)[number];

export class StandInDto {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ example: 'Ada Lovelace' }) name!: string;
  @ApiProperty({ enum: ['working', 'offHours'] }) status!: AvailabilityStatus;
}

export class AvailabilityDto {
  @ApiProperty({ format: 'uuid' }) userId!: string;
  @ApiProperty({ format: 'date-time' }) at!: string;
  @ApiProperty({ enum: AVAILABILITIES }) status!: AvailabilityStatus;
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When `status` changes next; null: not within a year, or not known',
  })
  until!: string | null;
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When they work next: `at` itself while they work; null: not within a year',
  })
  nextWorkingAt!: string | null;
  @ApiProperty({ example: 'Europe/London' }) timeZone!: string;
  @ApiProperty({ example: '2026-11-23T10:30:00', description: 'On the clock of their wall' })
  localTime!: string;
  @ApiProperty({
    type: OutOfOfficeDto,
    nullable: true,
    description: 'The absence they are on, or that is to come',
  })
  outOfOffice!: OutOfOfficeDto | null;
  @ApiProperty({
    type: StandInDto,
    nullable: true,
    description:
      'Who stands in while they are out: their stand-in or, when that one is out, theirs',
  })
  standIn!: StandInDto | null;
}
