import { ApiProperty } from '@nestjs/swagger';
import { SLA_STATES } from '../../tickets/index.js';
import { SLA_TARGETS } from '../clocks/sla-terms.js';
import type { SlaTarget } from '../clocks/sla-terms.js';
import type { SlaState } from '../clocks/sla-transition.js';

const time = (description: string) => ({
  ...{ type: String, format: 'date-time', nullable: true, description },
});

const minutes = (description: string) => ({
  ...{ type: 'integer' as const, description, example: 30 },
});

/** How a ticket stands with one promise. Minutes are whole ones, rounded down. */
export class SlaClockDto {
  @ApiProperty({ enum: SLA_TARGETS }) target!: SlaTarget;
  @ApiProperty({
    enum: SLA_STATES,
    description:
      'running · atRisk: warned of, still to be kept · paused: waits for the customer · met · ' +
      'breached, whether the ticket is done by now (`stoppedAt`) or not',
  })
  state!: SlaState;
  @ApiProperty({ format: 'uuid' }) policyId!: string;
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Null when the policy is gone',
    example: 'Gold customers',
  })
  policyName!: string | null;
  @ApiProperty({ description: 'Version of the policy that the clock runs by', example: 1 })
  policyVersion!: number;
  @ApiProperty(minutes('Business time that is promised')) targetMinutes!: number;
  @ApiProperty(minutes('Business time gone by, without pauses')) elapsedMinutes!: number;
  @ApiProperty(minutes('Business time left; negative when it is over')) remainingMinutes!: number;
  @ApiProperty(minutes('Time by the calendar in which the clock stood still'))
  pausedMinutes!: number;
  @ApiProperty({ format: 'date-time' }) startedAt!: string;
  @ApiProperty(time('When it is due, or was; null while it is paused')) dueAt!: string | null;
  @ApiProperty(time('When the promise is in danger')) warnAt!: string | null;
  @ApiProperty(time('When it came to be in danger')) warnedAt!: string | null;
  @ApiProperty(time('When the promise was broken')) breachedAt!: string | null;
  @ApiProperty(time('When the ticket was answered or solved')) stoppedAt!: string | null;
}

/** How a ticket stands with all that its SLA promises. */
export class TicketSlaDto {
  @ApiProperty({ format: 'uuid' }) ticketId!: string;
  @ApiProperty({ format: 'date-time', description: 'When the figures are of' }) at!: string;
  @ApiProperty({ enum: SLA_STATES, nullable: true, description: 'The worst of them' })
  state!: SlaState | null;
  @ApiProperty(time('The first that is due')) dueAt!: string | null;
  @ApiProperty({ type: [SlaClockDto], description: 'Empty when nothing is promised' })
  clocks!: SlaClockDto[];
}
