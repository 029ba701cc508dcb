import type { Config } from '../../config/config.js';
import type { ThrottleClass } from '../http/endpoint.decorator.js';

export interface Limit {
  /** Requests one client may send in a window. */
  limit: number;
  /** Milliseconds. */
  window: number;
}

/**
 * The limits of all classes, from the one the operator sets: each class is counted for itself. By
 * default a caller may send 6,000 requests a minute, 1,500 searches and 600 batches. From one
 * address, which a whole company may share, 300 attempts to sign in are taken; those to one account
 * are counted where passwords are checked. A public form may be sent 60 times a minute from one
 * address, and 600 times from all of them together. Calendars are read 1,200 times a minute from one address:
 * the services that do it for many users share a few. So are links in mails followed, for a provider
 * of mailboxes follows those of many.
 */
export function limitsOf({
  throttleLimit,
  throttleWindow,
}: Pick<Config, 'throttleLimit' | 'throttleWindow'>): Record<ThrottleClass, Limit> {
  const window = throttleWindow * 1000;
  const share = (part: number): Limit => ({ limit: Math.ceil(throttleLimit / part), window });
  return {
    default: share(1),
    search: share(4),
    bulk: share(10),
    auth: share(20),
    form: share(100),
    formTotal: share(10),
    calendar: share(5),
    link: share(5),
  };
}
