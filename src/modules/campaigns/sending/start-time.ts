import { instantOf, wallClockOf } from '../../../common/values/time-zone.js';

/** The zone whose clocks are ahead of all others. */
const FIRST_ZONE = 'Pacific/Kiritimati';

/** When a campaign is to be sent, as far as its receivers' clocks matter. */
export interface SendTime {
  /** Milliseconds since 1970; null for at once. */
  sendAt: number | null;
  inReceiverTimeZone: boolean;
  /** Zone of the workspace. */
  zone: string;
}

/** When the first receiver anywhere may be due: milliseconds since 1970. */
export function startsAt(time: SendTime): number {
  if (time.sendAt === null) return 0;
  return time.inReceiverTimeZone ? dueIn(time, FIRST_ZONE) : time.sendAt;
}

/** When a receiver is due: milliseconds since 1970. @param zone theirs; null: the workspace's. */
export function dueIn(
  { sendAt, inReceiverTimeZone, zone }: SendTime,
  receiver: string | null,
): number {
  if (sendAt === null || !inReceiverTimeZone || receiver === null) return sendAt ?? 0;
  return instantOf(wallClockOf(sendAt, zone), receiver);
}
