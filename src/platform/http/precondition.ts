import { Problem } from '../../common/errors.js';

/**
 * Makes sure that a record is still the one the client has read.
 * @param expected version that If-Match names; undefined when the client does not care.
 * @throws Problem 412.
 */
export function assertVersion(expected: number | undefined, actual: number): void {
  if (expected === undefined || expected === actual) return;
  const detail = `The record has changed since: it is at version ${actual}. Read it again.`;
  throw new Problem('precondition-failed', detail);
}
