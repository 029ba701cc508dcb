import { createHash, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';

const BASE_62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Random letters and digits; 43 of them carry 256 bits. */
export function randomText(length: number): string {
  let text = '';
  for (let index = 0; index < length; index += 1) text += BASE_62.charAt(randomInt(62));
  return text;
}

/** A random token of 256 bits, for URLs and headers. */
export function randomToken(): string {
  return randomBytes(32).toString('base64url');
}

/** How secrets that are random (unlike passwords) are kept: SHA-256, in hexadecimal. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** Compares in the same time wherever the two differ. */
export function secretMatches(secret: string, hash: string): boolean {
  return timingSafeEqual(Buffer.from(hashSecret(secret)), Buffer.from(hash));
}
