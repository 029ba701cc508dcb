import { ApiProperty } from '@nestjs/swagger';

export class CalendarFeedDto {
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'null: you have none',
  })
  createdAt!: string | null;
}

export class NewCalendarFeedDto extends CalendarFeedDto {
  @ApiProperty({
    example: '/v1/calendar/4fzyo82mJx0QPmX2RrVnJk9sUq4Wc7BdTg5Yh8LzEa3.ics',
    description:
      'Where the calendar is, on the server that answers this; a secret, told only now. Whoever ' +
      'has it can read the activities of its user',
  })
  path!: string;
}
