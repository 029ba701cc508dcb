import { Problem } from '../../../common/errors.js';
import { normalizeEmail } from '../../../common/values/email.js';
import type { Envelope } from './mail-reading.js';

/**
 * The envelope of a mail, as its gateway tells it; angle brackets may stand around the addresses.
 * @throws Problem 400 for a receiver that is no address.
 */
export function readEnvelope(to: string | undefined, from: string | undefined): Envelope {
  const sender = from === undefined ? null : plain(from);
  if (to === undefined || plain(to) === '') return { to: null, from: sender };
  const address = normalizeEmail(plain(to)).value;
  if (address) return { to: address, from: sender };
  const detail = 'to (or X-Envelope-To) must be one e-mail address.';
  throw new Problem('invalid-parameter', detail);
}

const plain = (given: string): string => given.trim().replace(/^<|>$/g, '');
