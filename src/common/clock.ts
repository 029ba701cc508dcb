/**
 * What time it is, for rules that depend on it. A provider, so that tests can jump over weekends
 * without waiting for them.
 */
export class Clock {
  /** Milliseconds since 1970 UTC. */
  now(): number {
    return Date.now();
  }
}
