import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import { Reachability } from '../consent/index.js';

/** How a receiver leaves: a page for people, and headers for their programs (RFC 8058). */
export interface WayOut {
  unsubscribeUrl: string;
  preferencesUrl: string;
  headers: Readonly<Record<string, string>>;
}

/** Who may be mailed for a purpose, with how they leave. */
export type Permitted = ReadonlyMap<string, WayOut>;

/** Asks about consent and suppressed addresses, for campaigns. */
@Injectable()
export class MailingPermission {
  constructor(private readonly reachability: Reachability) {}

  /**
   * Of these contacts (at most 1,000), those who may be mailed at this moment. Nobody for a purpose
   * that there is not any more.
   */
  async permitted(
    ctx: RequestContext,
    purpose: string,
    contactIds: readonly string[],
  ): Promise<Permitted> {
    const reachable = await this.reachability.reachable(ctx, contactIds, purpose);
    if (reachable.size === 0) return new Map();
    const known = await this.reachability.purpose(ctx, purpose);
    return this.reachability.unsubscribeHeaders(ctx, [...reachable.keys()], known);
  }

  /** How contacts leave, whether or not they may be mailed: for previews. */
  async waysOut(
    ctx: RequestContext,
    purpose: string,
    contactIds: readonly string[],
  ): Promise<Permitted> {
    const known = await this.reachability.purpose(ctx, purpose);
    return this.reachability.unsubscribeHeaders(ctx, contactIds, known);
  }

  /** The condition, on the contact `r`, that those fulfil who may be mailed. */
  condition(ctx: RequestContext, purpose: string) {
    return this.reachability.condition(ctx, purpose);
  }

  /** What is wrong with a purpose, as one reads it in an error; undefined when nothing is. */
  async fault(ctx: RequestContext, purpose: string): Promise<string | undefined> {
    try {
      await this.reachability.purpose(ctx, purpose);
      return undefined;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return error.errors?.[0]?.detail ?? error.detail;
    }
  }

  /** Nothing more goes to an address that came back, or whose holder complained. */
  async suppress(
    ctx: RequestContext,
    address: string,
    reason: 'bounced' | 'complaint',
  ): Promise<void> {
    await this.reachability.suppress(ctx, address, reason);
  }
}
