import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../../common/context.js';
import { Problem } from '../../../common/errors.js';
import type { Params } from '../../../platform/records/params.js';
import type { Addressed } from '../channels.js';
import { ConsentLinks } from '../consent-links.js';
import type { WaysOut } from '../consent-links.js';
import type { ConsentPurposeDto } from '../purposes/consent-purpose.dto.js';
import { ConsentPurposesRepository } from '../purposes/consent-purposes.repository.js';
import { normalAddress } from '../suppressions/address-hash.js';
import type { SuppressionReason } from '../suppressions/suppression.dto.js';
import { SuppressionsRepository } from '../suppressions/suppressions.repository.js';
import { SuppressionsService } from '../suppressions/suppressions.service.js';
import { ReachableRepository, reachableSql } from './reachable.repository.js';

type Scope = Pick<RequestContext, 'workspaceId' | 'tx'>;

/** What a mail needs so that its receiver can leave: its headers (RFC 2369, RFC 8058) and links. */
export interface UnsubscribeHeaders extends WaysOut {
  headers: { 'List-Unsubscribe': string; 'List-Unsubscribe-Post': string };
}

/** Condition on a row of `contacts` under an alias such as `c`. */
export type ContactCondition = (contact: string, params: Params) => string;

/**
 * Who may be reached for a purpose now: whose consent is granted (or not needed, and not
 * withdrawn), who has an address, and whose address is not suppressed. For those who send.
 */
@Injectable()
export class Reachability {
  constructor(
    private readonly purposes: ConsentPurposesRepository,
    private readonly contacts: ReachableRepository,
    private readonly suppressions: SuppressionsService,
    private readonly addresses: SuppressionsRepository,
    private readonly links: ConsentLinks,
  ) {}

  /**
   * A purpose by its key, for those who let users choose one.
   * @param pointer where it stands in the request.
   * @throws Problem 422 where there is none, or it does not have the channel.
   */
  async purpose(
    ctx: Scope,
    key: string,
    channel: Addressed = 'email',
    pointer = '/purpose',
  ): Promise<ConsentPurposeDto> {
    const all = await this.purposes.find(ctx);
    const usable = all.filter(({ channels, active }) => active && channels.includes(channel));
    const purpose = usable.find((item) => item.key === key);
    if (purpose) return purpose;
    const known = usable.map((item) => item.key).join(', ');
    const detail = `must be an active consent purpose with the channel ${channel}: ${known}`;
    throw Problem.validation([{ pointer, code: 'reference', detail }]);
  }

  /**
   * Of these contacts (at most 1,000), those who may be reached, with their addresses. Nobody for
   * a purpose that is no longer there, not active, or without the channel.
   */
  async reachable(
    ctx: Scope,
    contactIds: readonly string[],
    purposeKey: string,
    channel: Addressed = 'email',
  ): Promise<Map<string, string>> {
    const purpose = await this.find(ctx, purposeKey, channel);
    if (!purpose || contactIds.length === 0) return new Map();
    const rows = await this.contacts.of(ctx, contactIds, purpose, channel);
    return new Map(rows.map(({ id, address }) => [id, address]));
  }

  /** The same as a condition, for statements over any number of contacts. */
  async condition(
    ctx: Scope,
    purposeKey: string,
    channel: Addressed = 'email',
  ): Promise<ContactCondition> {
    const purpose = await this.find(ctx, purposeKey, channel);
    if (!purpose) return () => 'false';
    return (contact, params) => reachableSql(purpose, channel, contact, params);
  }

  /**
   * Headers and links for mails to contacts (at most 1,000), by contact; none for those without an
   * e-mail address. The links work for good, also once the contact has been removed.
   */
  async unsubscribeHeaders(
    ctx: Scope,
    contactIds: readonly string[],
    purpose: Pick<ConsentPurposeDto, 'id'>,
  ): Promise<Map<string, UnsubscribeHeaders>> {
    const { workspaceId } = ctx;
    const hashes = await this.addresses.emailHashes(ctx, contactIds);
    const waysOut = await this.links.waysOut(workspaceId);
    return new Map(
      [...hashes].map(([contactId, hash]) => {
        const ways = waysOut({ workspaceId, contactId, purposeId: purpose.id, hash });
        const headers = {
          'List-Unsubscribe': `<${ways.unsubscribeUrl}>`,
          'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
        };
        return [contactId, { headers, ...ways }];
      }),
    );
  }

  /**
   * Suppresses an address that came back, in the transaction of `ctx` or one of its own.
   * @returns whether it was not suppressed before; false also for what is no address.
   */
  async suppress(
    ctx: RequestContext,
    address: string,
    reason: SuppressionReason,
    channel: Addressed = 'email',
  ): Promise<boolean> {
    const normal = normalAddress(channel, address);
    if (!('value' in normal)) return false;
    return (
      (await this.suppressions.suppress(ctx, [{ channel, address: normal.value }], reason)) > 0
    );
  }

  private async find(
    ctx: Scope,
    key: string,
    channel: Addressed,
  ): Promise<ConsentPurposeDto | undefined> {
    const all = await this.purposes.find(ctx);
    return all.find((item) => item.key === key && item.active && item.channels.includes(channel));
  }
}
