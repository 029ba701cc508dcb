import { randomFillSync } from 'node:crypto';

const BYTES_EACH = 10;
const POOL_SIZE = BYTES_EACH * 512;
const pool = Buffer.allocUnsafe(POOL_SIZE);
let used = POOL_SIZE;

/** The millisecond of the last id; never goes back, also when the clock does. */
let lastMs = 0;
let timeText = '';
/** 32 bits that count within a millisecond, from a random start in their lower half. */
let counter = 0;
const MOST_IN_COUNTER = 0xffff_ffff;

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/**
 * A UUIDv7 (RFC 9562, method 1 of 6.2): begins with the millisecond it was made in, sorts within
 * the process in the order of making, and ends in 42 random bits. At least 2^31 fit into one
 * millisecond, so no burst runs ahead of the clock.
 */
export function uuidv7(): string {
  if (used === POOL_SIZE) {
    randomFillSync(pool);
    used = 0;
  }
  const at = used;
  used += BYTES_EACH;
  const now = Date.now();
  if (now > lastMs) startMillisecond(now, pool.readUInt32BE(at) >>> 1);
  else if (counter < MOST_IN_COUNTER) counter += 1;
  else startMillisecond(lastMs + 1, 0);
  const high = hex(0x70 | (counter >>> 28)) + hex(counter >>> 20);
  const middle = hex(0x80 | ((counter >>> 14) & 0x3f)) + hex(counter >>> 6);
  const low = hex((counter << 2) | (random(at + 4) & 3)) + hex(random(at + 5));
  const tail =
    hex(random(at + 6)) + hex(random(at + 7)) + hex(random(at + 8)) + hex(random(at + 9));
  return `${timeText}${high}-${middle}-${low}${tail}`;
}

function startMillisecond(ms: number, start: number): void {
  lastMs = ms;
  counter = start;
  const text = ms.toString(16).padStart(12, '0');
  timeText = `${text.slice(0, 8)}-${text.slice(8)}-`;
}

const hex = (byte: number): string => HEX[byte & 0xff] as string;
const random = (index: number): number => pool[index] as number;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether a text is a UUID of any version. */
export const isUuid = (text: unknown): text is string =>
  typeof text === 'string' && UUID.test(text);

/** A UUID of its 32 hexadecimal digits. */
export const uuidOf = (hex: string): string =>
  [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join(
    '-',
  );
