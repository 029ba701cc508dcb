import { Injectable } from '@nestjs/common';
import { SignedLinks } from '../../platform/links/signed-links.js';

/** How long a contact can confirm, in milliseconds. */
export const CONFIRM_WITHIN = 7 * 24 * 3_600_000;

/** What a link to confirm consent says. */
export interface ConfirmLink {
  workspaceId: string;
  contactId: string;
  purposeId: string;
  /** Entry of the history that asked. */
  requestId: string;
}

/** What a link out of a list says. */
export interface UnsubscribeLink {
  workspaceId: string;
  contactId: string;
  purposeId: string;
  /** Hash of the address that was mailed, in base64: it is known when the contact no longer is. */
  hash: string;
}

/** The addresses of one mail by which its receiver can leave. */
export interface WaysOut {
  unsubscribeUrl: string;
  preferencesUrl: string;
}

const CONFIRM = 'consent-confirm';
const UNSUBSCRIBE = 'unsubscribe';
const PREFERENCES = 'preferences';

/** Links by which contacts say what they want without signing in. Only those to confirm expire. */
@Injectable()
export class ConsentLinks {
  constructor(private readonly links: SignedLinks) {}

  async confirmUrl({ workspaceId, ...link }: ConfirmLink): Promise<string> {
    const { contactId, purposeId, requestId } = link;
    const expiresAt = new Date(Date.now() + CONFIRM_WITHIN);
    const payload = [contactId, purposeId, requestId];
    const token = await this.links.sign(workspaceId, CONFIRM, payload, { expiresAt });
    return this.links.url(`/v1/consents/confirm/${token}`);
  }

  /** A function that makes the links of one mail after another. */
  async waysOut(workspaceId: string): Promise<(link: UnsubscribeLink) => WaysOut> {
    const sign = await this.links.signer(workspaceId);
    return ({ contactId, purposeId, hash }) => ({
      unsubscribeUrl: this.links.url(
        `/v1/unsubscribe/${sign(UNSUBSCRIBE, [contactId, purposeId, hash])}`,
      ),
      preferencesUrl: this.links.url(`/v1/preferences/${sign(PREFERENCES, [contactId])}`),
    });
  }

  async preferencesUrl(workspaceId: string, contactId: string): Promise<string> {
    const token = await this.links.sign(workspaceId, PREFERENCES, [contactId]);
    return this.links.url(`/v1/preferences/${token}`);
  }

  /** @throws Problem 404, 410. */
  async readConfirm(token: string): Promise<ConfirmLink> {
    const { workspaceId, payload } = await this.links.verify<[string, string, string]>(
      CONFIRM,
      token,
    );
    const [contactId, purposeId, requestId] = payload;
    return { workspaceId, contactId, purposeId, requestId };
  }

  /** @throws Problem 404. */
  async readUnsubscribe(token: string): Promise<UnsubscribeLink> {
    const { workspaceId, payload } = await this.links.verify<[string, string, string]>(
      UNSUBSCRIBE,
      token,
    );
    const [contactId, purposeId, hash] = payload;
    return { workspaceId, contactId, purposeId, hash };
  }

  /** @throws Problem 404. */
  async readPreferences(token: string): Promise<{ workspaceId: string; contactId: string }> {
    const { workspaceId, payload } = await this.links.verify<[string]>(PREFERENCES, token);
    return { workspaceId, contactId: payload[0] };
  }
}
