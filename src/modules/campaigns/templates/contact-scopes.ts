import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../../common/context.js';
import { Database } from '../../../platform/database/database.js';
import { includeSql } from '../../../platform/records/includes.js';
import { jsonMembers, jsonSql } from '../../../platform/records/record-json.js';
import { RecordKit } from '../../../platform/records/record-kit.js';
import { COMPANY } from '../../companies/index.js';
import { CONTACT } from '../../contacts/index.js';
import type { CampaignContent } from '../campaign-content.js';
import type { WayOut } from '../mailing-permission.js';
import type { MailScope } from './mail-template.js';

/** A contact as templates see it. */
export interface ContactScope {
  id: string;
  email: string | null;
  /** First and last name; empty without one. */
  name: string;
  contact: Record<string, unknown>;
  company: Record<string, unknown>;
}

const NO_COMPANY = Object.freeze(
  Object.fromEntries(Object.keys(jsonMembers(COMPANY)).map((name) => [name, null])),
);

/** What mails are filled in with. */
@Injectable()
export class ContactScopes {
  constructor(
    private readonly database: Database,
    private readonly kit: RecordKit,
  ) {}

  /** Those of the contacts that are there and that the caller may read, by their ids. */
  async of(ctx: RequestContext, ids: readonly string[]): Promise<Map<string, ContactScope>> {
    const company = includeSql(this.kit, ctx, CONTACT, ['company']);
    const own = ctx.grants.get('contact:read') === 'own' ? ctx.principal.userId : null;
    const rows = await this.database.query<{ json: string }>(
      ctx,
      `select ${jsonSql(CONTACT, undefined, company)} as json from contacts r
       where r.workspace_id = $1 and r.id = any($2::uuid[]) and r.deleted_at is null
         and ($3::uuid is null or r.owner_id = $3)`,
      [ctx.workspaceId, ids, own],
    );
    const scopes = rows.map(({ json }) => scopeOf(json));
    return new Map(scopes.map((scope) => [scope.id, scope]));
  }

  /** All that a template may name, filled in for one contact. */
  filled(
    { contact, company }: ContactScope,
    { name, source, fromName, fromAddress }: CampaignContent,
    campaignId: string,
    { unsubscribeUrl, preferencesUrl }: Pick<WayOut, 'unsubscribeUrl' | 'preferencesUrl'>,
  ): MailScope {
    return {
      ...{ contact, company, unsubscribeUrl, preferencesUrl },
      campaign: { id: campaignId, name, subject: source.subject },
      sender: { name: fromName, address: fromAddress },
    };
  }
}

function scopeOf(json: string): ContactScope {
  const { company, ...contact } = JSON.parse(json) as Record<string, unknown>;
  const named = [contact['firstName'], contact['lastName']].filter(Boolean).join(' ');
  return {
    ...{ id: contact['id'] as string, email: contact['email'] as string | null, name: named },
    ...{ contact, company: (company as Record<string, unknown> | null) ?? NO_COMPANY },
  };
}
