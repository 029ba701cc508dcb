import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../../common/context.js';
import type { MailMessage } from '../../../platform/mail/mail-message.js';
import type { CampaignContent, Variant } from '../campaign-content.js';
import { sourceOf } from '../campaign-content.js';
import { MailingPermission } from '../mailing-permission.js';
import type { WayOut } from '../mailing-permission.js';
import { MailTemplate } from '../templates/mail-template.js';
import { TrackingLinks } from '../tracking/tracking-links.js';
import { ContactScopes } from '../templates/contact-scopes.js';
import type { ContactScope } from '../templates/contact-scopes.js';
import { addressHash } from './address-hash.js';
import { NOT_PERMITTED } from './recipients.repository.js';
import type { Claimed } from './recipients.repository.js';

/** Recipients whose consent is asked for at a time, just before their mails go. */
const SLICE = 50;

const contactIdsOf = (claimed: readonly Claimed[]): string[] =>
  claimed.flatMap(({ contactId }) => contactId ?? []);

/** A campaign that is ready to be written to anybody. */
export interface MailPlan {
  campaignId: string;
  content: CampaignContent;
  /** By the id of the variant; the campaign's own under `''`. */
  templates: ReadonlyMap<string, MailTemplate>;
  /** Where links lead, by their numbers. */
  urls: readonly string[];
  isTracked: boolean;
}

/** Somebody's mail, or why they get none. */
export type Made =
  | { claimed: Claimed; message: MailMessage; reason?: undefined }
  | { claimed: Claimed; message: null; reason: string; isFault: boolean };

/** Reads the templates of a campaign, once for all mails. */
export function planOf(campaignId: string, content: CampaignContent, isTracked: boolean): MailPlan {
  const urls: string[] = [];
  const versions: (Variant | null)[] = [null, ...content.variants];
  const templates = new Map(
    versions.map((variant) => [
      variant?.id ?? '',
      MailTemplate.of(sourceOf(content, variant), urls),
    ]),
  );
  return { campaignId, content, templates, urls, isTracked };
}

/** Writes the mails of a campaign. */
@Injectable()
export class MailMaker {
  constructor(
    private readonly scopes: ContactScopes,
    private readonly permission: MailingPermission,
    private readonly links: TrackingLinks,
  ) {}

  /** The mails of recipients, made one by one as they are asked for. */
  async *make(
    ctx: RequestContext,
    plan: MailPlan,
    claimed: readonly Claimed[],
  ): AsyncGenerator<Made> {
    const contacts = await this.scopes.of(ctx, contactIdsOf(claimed));
    for (let at = 0; at < claimed.length; at += SLICE) {
      const slice = claimed.slice(at, at + SLICE);
      const { purpose } = plan.content;
      // Asked again and again: who unsubscribes while others get theirs gets nothing more.
      const permitted = await this.permission.permitted(ctx, purpose, contactIdsOf(slice));
      for (const recipient of slice) {
        const contact = contacts.get(recipient.contactId ?? '');
        const wayOut = permitted.get(recipient.contactId ?? '');
        const refused = refusalOf(plan, recipient, contact);
        if (contact && wayOut && refused === null) {
          yield await this.one(ctx, plan, recipient, contact, wayOut);
        } else {
          const reason = refused ?? NOT_PERMITTED;
          yield { claimed: recipient, message: null, reason, isFault: false };
        }
      }
    }
  }

  private async one(
    ctx: RequestContext,
    plan: MailPlan,
    claimed: Claimed,
    contact: ContactScope,
    wayOut: WayOut,
  ): Promise<Made> {
    const { content, campaignId } = plan;
    const template = plan.templates.get(claimed.variantId ?? '') as MailTemplate;
    const tracked = plan.isTracked
      ? await this.links.of(ctx.workspaceId, claimed.id, plan.urls.length)
      : { links: plan.urls, pixel: null };
    try {
      const scope = this.scopes.filled(contact, content, campaignId, wayOut);
      const mail = template.render(scope, tracked.links, tracked.pixel);
      const message = messageOf(content, contact, mail, wayOut.headers);
      return { claimed, message: { ...message, messageId: messageIdOf(claimed.id, content) } };
    } catch (error) {
      const reason = `template: ${(error as Error).message.slice(0, 300)}`;
      return { claimed, message: null, reason, isFault: true };
    }
  }
}

/** What is true of a recipient now, whatever it was when the audience was frozen. */
function refusalOf(
  { campaignId }: MailPlan,
  { contactId, addressHash: frozen }: Claimed,
  contact: ContactScope | undefined,
): string | null {
  if (!contact || contactId === null) return 'contactGone';
  if (contact.email === null) return 'noAddress';
  if (addressHash(campaignId, contact.email) !== frozen) return 'addressChanged';
  return null;
}

/** The mail itself, without what tells it from another to the same person. */
export function messageOf(
  { fromAddress, fromName, replyTo }: CampaignContent,
  { email, name }: Pick<ContactScope, 'email' | 'name'>,
  { subject, html, text }: { subject: string; html: string | null; text: string },
  headers: Readonly<Record<string, string>>,
): MailMessage {
  return {
    to: { address: email ?? '', ...(name === '' ? {} : { name }) },
    ...(fromAddress === null
      ? {}
      : { from: { address: fromAddress, name: fromName ?? undefined } }),
    ...(replyTo === null ? {} : { replyTo }),
    ...{ subject, text, headers },
    ...(html === null ? {} : { html }),
  };
}

/** Always the same for a recipient, so that a mail that is sent again can be known for what it is. */
export const messageIdOf = (recipientId: string, { fromAddress }: CampaignContent): string =>
  `<${recipientId}@${fromAddress?.split('@')[1] ?? 'campaigns.keel'}>`;
