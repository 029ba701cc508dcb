import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import { JobQueue } from '../../platform/queue/job-queue.js';
import { Database } from '../../platform/database/database.js';
import { AudienceConditions } from './audience/audience-conditions.js';
import { AudienceRepository } from './audience/audience.repository.js';
import { sourceOf } from './campaign-content.js';
import type { CampaignContent, Variant } from './campaign-content.js';
import type {
  AudienceDto,
  PreviewDto,
  PreviewInput,
  TestInput,
  TestSentDto,
} from './campaign-deeds.dto.js';
import { CampaignsRepository } from './campaigns.repository.js';
import type { StoredCampaign } from './campaigns.repository.js';
import { CampaignsService } from './campaigns.service.js';
import { MailingPermission } from './mailing-permission.js';
import type { WayOut } from './mailing-permission.js';
import { SendCampaignTest } from './sending/sending.jobs.js';
import { ContactScopes } from './templates/contact-scopes.js';
import type { ContactScope } from './templates/contact-scopes.js';
import { MailTemplate } from './templates/mail-template.js';
import type { RenderedMail } from './templates/mail-template.js';

/** Of a mail that is only looked at: it must not take anybody off a list. */
const NO_WAY_OUT: WayOut = {
  ...{ unsubscribeUrl: 'https://example.com/unsubscribe' },
  ...{ preferencesUrl: 'https://example.com/preferences', headers: {} },
};

/** Shows what a campaign would be before it is sent. */
@Injectable()
export class CampaignPreviewService {
  constructor(
    private readonly database: Database,
    private readonly jobs: JobQueue,
    private readonly campaigns: CampaignsService,
    private readonly stored: CampaignsRepository,
    private readonly scopes: ContactScopes,
    private readonly permission: MailingPermission,
    private readonly conditions: AudienceConditions,
    private readonly audience: AudienceRepository,
  ) {}

  /** The mail that a contact would get. @throws Problem 404, 422. */
  async preview(ctx: RequestContext, id: string, input: PreviewInput): Promise<PreviewDto> {
    const { content } = await this.read(ctx, id);
    const { contactId } = input;
    const contact = await this.contactOf(ctx, contactId);
    const ways = await this.permission.waysOut(ctx, content.purpose, [contact.id]);
    return this.rendered(id, content, input.variantId, contact, ways.get(contact.id) ?? NO_WAY_OUT);
  }

  /** Sends the mail to people who want to look at it. @throws Problem 404, 422. */
  async test(ctx: RequestContext, id: string, input: TestInput): Promise<TestSentDto> {
    const { content } = await this.read(ctx, id);
    const { to, contactId = null, variantId = null } = input;
    const contact = contactId === null ? NOBODY : await this.contactOf(ctx, contactId);
    const { html, ...mail } = this.rendered(id, content, variantId, contact, NO_WAY_OUT);
    const { fromAddress, fromName, replyTo } = content;
    const shared = { ...mail, html, fromAddress, fromName, replyTo };
    await this.database.transaction(ctx, async (tx) => {
      for (const address of to)
        await this.jobs.enqueue(tx, SendCampaignTest, { ...shared, address });
    });
    return { to };
  }

  /** Whom it would reach now, and why others not. @throws Problem 404, 422. */
  async audienceOf(ctx: RequestContext, id: string): Promise<AudienceDto> {
    const { content } = await this.read(ctx, id);
    if (ctx.grants.get('contact:read') !== 'all') {
      throw new Problem('forbidden', 'You need contact:read for all contacts.');
    }
    if (content.audienceWhere === null && content.segmentIds.length === 0) {
      return { total: 0, recipients: 0, leftOut: { noAddress: 0, notPermitted: 0 } };
    }
    const condition = await this.conditions.of(ctx, content);
    const permitted = await this.permission.condition(ctx, content.purpose);
    const counts = await this.audience.count(ctx, condition, permitted);
    const { total, withAddress, recipients } = counts;
    const leftOut = { noAddress: total - withAddress, notPermitted: withAddress - recipients };
    return { total, recipients, leftOut };
  }

  private async read(ctx: RequestContext, id: string): Promise<StoredCampaign> {
    await this.campaigns.reader.get(ctx, id, { fields: [] });
    const campaign = await this.stored.find(ctx, id);
    if (!campaign) throw Problem.notFound('campaign', id);
    return campaign;
  }

  private async contactOf(ctx: RequestContext, contactId: string): Promise<ContactScope> {
    const contact = (await this.scopes.of(ctx, [contactId])).get(contactId.toLowerCase());
    if (contact) return contact;
    const detail = `there is no contact ${contactId}`;
    throw Problem.validation([{ pointer: '/contactId', code: 'reference', detail }]);
  }

  private rendered(
    id: string,
    content: CampaignContent,
    variantId: string | null | undefined,
    contact: ContactScope,
    wayOut: WayOut,
  ): RenderedMail {
    const source = sourceOf(content, variantOf(content, variantId ?? null));
    if (source.html === null && source.text === null) {
      const detail = 'must be given, or a text: there is nothing to look at yet';
      throw Problem.validation([{ pointer: '/html', code: 'isNotEmpty', detail }]);
    }
    try {
      const urls: string[] = [];
      const template = MailTemplate.of(source, urls);
      return template.render(this.scopes.filled(contact, content, id, wayOut), urls, null);
    } catch (error) {
      const detail = `cannot be filled in: ${(error as Error).message.slice(0, 300)}`;
      throw Problem.validation([{ pointer: '/html', code: 'template', detail }]);
    }
  }
}

const NOBODY: ContactScope = { id: '', email: null, name: '', contact: {}, company: {} };

function variantOf({ variants }: CampaignContent, id: string | null): Variant | null {
  if (id === null) return null;
  const variant = variants.find((item) => item.id === id.toLowerCase());
  if (variant) return variant;
  const detail = `there is no variant ${id}`;
  throw Problem.validation([{ pointer: '/variantId', code: 'reference', detail }]);
}
