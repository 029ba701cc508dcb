import { Injectable } from '@nestjs/common';
import type { RequestContext, RequestOrigin } from '../../../common/context.js';
import { Problem } from '../../../common/errors.js';
import { Database } from '../../../platform/database/database.js';
import type { Transaction } from '../../../platform/database/transaction.js';
import { ConsentLinks } from '../consent-links.js';
import type { ConfirmLink } from '../consent-links.js';
import type { ContactWish } from '../consents/consent-plan.js';
import type { ConsentState } from '../consents/consent-state.js';
import { ConsentWriter } from '../consents/consent-writer.js';
import { ConsentsRepository } from '../consents/consents.repository.js';
import { ConsentsService } from '../consents/consents.service.js';
import type { ConsentPurposeDto } from '../purposes/consent-purpose.dto.js';
import { ConsentPurposesRepository } from '../purposes/consent-purposes.repository.js';
import { SuppressionsService } from '../suppressions/suppressions.service.js';
import { boxOf, isWanted, preferencesOf, readPreferences } from './preferences.js';
import type { Preferences } from './preferences.js';
import type {
  ConfirmationPageDto,
  PreferencesDto,
  UnsubscribedDto,
  UnsubscribePageDto,
} from './public-consent.dto.js';

/** Who follows a link. */
export interface Visitor extends RequestOrigin {
  userAgent: string | undefined;
}

const LONGEST_USER_AGENT = 500;

/** What contacts say themselves, by links that were mailed to them. */
@Injectable()
export class PublicConsentService {
  constructor(
    private readonly database: Database,
    private readonly links: ConsentLinks,
    private readonly purposes: ConsentPurposesRepository,
    private readonly consents: ConsentsRepository,
    private readonly states: ConsentsService,
    private readonly writer: ConsentWriter,
    private readonly suppressions: SuppressionsService,
  ) {}

  /** What is to be confirmed; changes nothing. @throws Problem 404, 410. */
  async confirmation(token: string, visitor: Visitor): Promise<ConfirmationPageDto> {
    const link = await this.links.readConfirm(token);
    const ctx = contextOf(link, visitor);
    return (await this.asked(ctx, link)).page;
  }

  /** The contact confirms. Pressed twice it is confirmed once. @throws Problem 404, 410. */
  async confirm(token: string, visitor: Visitor): Promise<ConfirmationPageDto> {
    const link = await this.links.readConfirm(token);
    const ctx = contextOf(link, visitor);
    return this.database.transaction(ctx, async (tx) => {
      const { contactId, purpose, page, purposes } = await this.asked({ ...ctx, tx }, link, tx);
      if (page.status === 'granted') return page;
      const { consentText: text, version } = purpose;
      const facts = { requestId: link.requestId, ...(text === null ? {} : { text }), version };
      const wish = wishOf(contactId, purpose, 'granted', 'double-opt-in', visitor, facts);
      await this.write(tx, ctx, [wish], purposes);
      return { ...page, status: 'granted' };
    });
  }

  /** What the contact gets. @throws Problem 404. */
  async preferences(token: string, visitor: Visitor): Promise<PreferencesDto> {
    const link = await this.links.readPreferences(token);
    const ctx = contextOf(link, visitor);
    const contactId = await this.contactOf(ctx, link.contactId);
    const purposes = await this.purposes.find(ctx);
    return preferencesOf(purposes, await this.states.statesOf(ctx, contactId));
  }

  /** The contact says what they want. @throws Problem 404, 422. */
  async choose(token: string, body: unknown, visitor: Visitor): Promise<PreferencesDto> {
    const link = await this.links.readPreferences(token);
    const ctx = contextOf(link, visitor);
    return this.database.transaction(ctx, async (tx) => {
      const inner = { ...ctx, tx };
      const contactId = await this.contactOf(inner, link.contactId);
      await this.consents.lock(tx, ctx.workspaceId, [contactId]);
      const all = await this.purposes.find(inner);
      const purposes = all.filter(({ active }) => active);
      const states = await this.states.statesOf(inner, contactId);
      const known = purposes.flatMap(({ key, channels }) => channels.map((c) => boxOf(key, c)));
      const chosen = readPreferences(body, new Set(known));
      const wishes = wishesOf(contactId, purposes, chosen, visitor).filter(
        ({ purpose, channel, status }) => {
          const state = states.find((s) => s.purpose === purpose.key && s.channel === channel);
          const isSaid = chosen.unsubscribeAll && state?.status !== 'withdrawn';
          return isSaid || (state && isWanted(state, purpose) !== (status === 'granted'));
        },
      );
      await this.write(tx, ctx, wishes, all);
      return preferencesOf(all, await this.states.statesOf(inner, contactId));
    });
  }

  /** Which list a link leads out of; changes nothing. @throws Problem 404. */
  async unsubscription(token: string, visitor: Visitor): Promise<UnsubscribePageDto> {
    const link = await this.links.readUnsubscribe(token);
    const purposes = await this.purposes.find(contextOf(link, visitor));
    const purpose = purposes.find(({ id }) => id === link.purposeId);
    return { purpose: purpose?.name ?? null };
  }

  /**
   * Takes the contact off the list (RFC 8058). Of one who has been removed since, the address is
   * suppressed. @throws Problem 404.
   */
  async unsubscribe(token: string, visitor: Visitor): Promise<UnsubscribedDto> {
    const link = await this.links.readUnsubscribe(token);
    const { workspaceId, purposeId, hash } = link;
    const ctx = contextOf(link, visitor);
    return this.database.transaction(ctx, async (tx) => {
      const inner = { ...ctx, tx };
      const contactId = await this.consents.survivorOf(inner, link.contactId);
      const purposes = await this.purposes.find(inner);
      const purpose = purposes.find(({ id }) => id === purposeId);
      if (contactId === null || !purpose) {
        await this.suppressions.suppressHash(tx, ctx, hash, 'unsubscribed');
        return { status: 'unsubscribed', preferencesUrl: null };
      }
      const wish = wishOf(contactId, purpose, 'withdrawn', 'one-click', visitor);
      await this.write(tx, ctx, [wish], purposes);
      const preferencesUrl = await this.links.preferencesUrl(workspaceId, contactId);
      return { status: 'unsubscribed', preferencesUrl };
    });
  }

  /** @throws Problem 404 for who is gone, 410 for what is no longer asked. */
  private async asked(ctx: RequestContext, link: ConfirmLink, tx?: Transaction) {
    const contactId = await this.contactOf(ctx, link.contactId);
    if (tx) await this.consents.lock(tx, ctx.workspaceId, [contactId]);
    const purposes = await this.purposes.find(ctx);
    const purpose = purposes.find(({ id }) => id === link.purposeId);
    const states = await this.consents.of(ctx, contactId);
    const state = states.find(
      (item) => item.purposeId === link.purposeId && item.channel === 'email',
    );
    if (!purpose?.active || !isStillAsked(state, link)) {
      throw new Problem('gone', 'This is no longer to be confirmed.');
    }
    const { name, description, consentText } = purpose;
    const status = state?.status === 'granted' ? 'granted' : 'pending';
    const page: ConfirmationPageDto = { purpose: name, description, consentText, status };
    return { contactId, purpose, purposes, page };
  }

  private async contactOf(ctx: RequestContext, linked: string): Promise<string> {
    const contactId = await this.consents.survivorOf(ctx, linked);
    if (contactId === null) throw new Problem('not-found', 'There is nothing at this address.');
    return contactId;
  }

  private async write(
    tx: Transaction,
    ctx: RequestContext,
    wishes: readonly ContactWish[],
    purposes: readonly ConsentPurposeDto[],
  ): Promise<void> {
    const results = await this.writer.write(tx, ctx, wishes, purposes, { by: 'contact' });
    const problem = results.find((result) => result instanceof Problem);
    if (problem) throw problem;
  }
}

const isStillAsked = (state: ConsentState | undefined, { requestId }: ConfirmLink): boolean =>
  state?.status === 'granted' || (state?.status === 'pending' && state.requestId === requestId);

function wishOf(
  contactId: string,
  purpose: ConsentPurposeDto,
  status: ContactWish['status'],
  source: string,
  { ip, userAgent }: Visitor,
  facts: Record<string, unknown> = {},
): ContactWish {
  const program = userAgent === undefined ? {} : { userAgent: storable(userAgent) };
  const proof = { ...facts, ip, ...program };
  const when = { occurredAt: null, confirmed: true };
  return { contactId, purpose, channel: 'email', status, source, proof, ...when };
}

const storable = (text: string): string =>
  text.replaceAll('\0', '').toWellFormed().slice(0, LONGEST_USER_AGENT);

function wishesOf(
  contactId: string,
  purposes: readonly ConsentPurposeDto[],
  { preferences, unsubscribeAll }: Preferences,
  visitor: Visitor,
): ContactWish[] {
  const of = (purpose: ConsentPurposeDto, status: ContactWish['status']) =>
    wishOf(contactId, purpose, status, 'preferences', visitor);
  if (unsubscribeAll) {
    return purposes.flatMap((purpose) =>
      purpose.channels.map((channel) => ({ ...of(purpose, 'withdrawn'), channel })),
    );
  }
  return preferences.map(({ purpose: key, channel, granted }) => {
    const purpose = purposes.find((item) => item.key === key) as ConsentPurposeDto;
    return { ...of(purpose, granted ? 'granted' : 'withdrawn'), channel };
  });
}

/** The contact acts for themselves: in their workspace, on their own consent. */
function contextOf(
  { workspaceId }: { workspaceId: string },
  { requestId, ip }: Visitor,
): RequestContext {
  return {
    workspaceId,
    principal: { type: 'system', id: 'contact', userId: null },
    grants: new Map(),
    ...{ accessKey: '', requestId, ip },
  };
}
