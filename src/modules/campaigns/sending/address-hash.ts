import { createHash } from 'node:crypto';

/**
 * An address as a campaign's recipients are told apart by it: 128 bits, as a UUID. It differs
 * between campaigns, so that it leads from none to another.
 * @param email in its normal form.
 */
export function addressHash(campaignId: string, email: string): string {
  const hex = createHash('sha256').update(`${campaignId}\n${email}`).digest('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20, 32),
  ].join('-');
}
