import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../../common/context.js';
import { Database, SYSTEM } from '../../../platform/database/database.js';
import type { Transaction } from '../../../platform/database/transaction.js';
import type { IdPage } from '../../../platform/http/id-page.js';
import type { FormField } from './form-fields.js';
import type { LeadFormDto } from './lead-form.dto.js';

/** What is stored of a form besides its id, key, version and times. */
export type FormContent = Omit<
  LeadFormDto,
  'id' | 'version' | 'createdAt' | 'updatedAt' | 'publicKey'
> & { fields: FormField[] };

/** A form with all that taking a submission needs. */
export interface StoredForm extends LeadFormDto {
  workspaceId: string;
  tokenSecret: string;
}

const COLUMNS = `id, version, created_at as "createdAt", updated_at as "updatedAt", name, active,
  public_key as "publicKey", fields, source, campaign, tags, owner_id as "ownerId",
  allowed_origins as "allowedOrigins", redirect_url as "redirectUrl", thank_you as "thankYou",
  consent_text as "consentText", consent_purpose as "consentPurpose",
  min_seconds as "minSeconds", max_links as "maxLinks"`;

@Injectable()
export class LeadFormsRepository {
  constructor(private readonly database: Database) {}

  find(ctx: RequestContext, { limit, before }: IdPage): Promise<LeadFormDto[]> {
    return this.database.query<LeadFormDto>(
      ctx,
      `select ${COLUMNS} from lead_forms
       where workspace_id = $1 and ($2::uuid is null or id < $2) order by id desc limit $3`,
      [ctx.workspaceId, before, limit + 1],
    );
  }

  async findOne(ctx: RequestContext, id: string): Promise<StoredForm | null> {
    const [form] = await this.database.query<StoredForm>(
      ctx,
      `select ${COLUMNS}, workspace_id as "workspaceId", token_secret as "tokenSecret"
       from lead_forms where workspace_id = $1 and id = $2`,
      [ctx.workspaceId, id],
    );
    return form ?? null;
  }

  /** The form with a public key, of whichever workspace: the key is all that a visitor has. */
  async findPublic(publicKey: string): Promise<StoredForm | null> {
    const [form] = await this.database.query<StoredForm>(
      SYSTEM,
      `select ${COLUMNS}, workspace_id as "workspaceId", token_secret as "tokenSecret"
       from lead_forms where public_key = $1 and active`,
      [publicKey],
    );
    return form ?? null;
  }

  async hasUser(tx: Transaction, workspaceId: string, userId: string): Promise<boolean> {
    const rows = await tx.query('select from users where workspace_id = $1 and id = $2', [
      workspaceId,
      userId,
    ]);
    return rows.length > 0;
  }

  async insert(
    tx: Transaction,
    workspaceId: string,
    keys: { id: string; publicKey: string; tokenSecret: string },
    form: FormContent,
  ): Promise<LeadFormDto> {
    const [made] = await tx.query<LeadFormDto>(
      `insert into lead_forms (workspace_id, id, name, active, fields, source, campaign, tags,
         owner_id, allowed_origins, redirect_url, thank_you, consent_text, consent_purpose,
         min_seconds, max_links, public_key, token_secret)
       values ($1, $2, $3, $4, $5, $6, $7, $8::text[], $9, $10::text[], $11, $12, $13, $14, $15,
         $16, $17, $18)
       returning ${COLUMNS}`,
      [workspaceId, keys.id, ...contentParams(form), keys.publicKey, keys.tokenSecret],
    );
    return made as LeadFormDto;
  }

  async lock(tx: Transaction, workspaceId: string, id: string): Promise<LeadFormDto | null> {
    const [form] = await tx.query<LeadFormDto>(
      `select ${COLUMNS} from lead_forms where workspace_id = $1 and id = $2 for update`,
      [workspaceId, id],
    );
    return form ?? null;
  }

  async update(
    tx: Transaction,
    workspaceId: string,
    id: string,
    form: FormContent,
  ): Promise<LeadFormDto> {
    const [updated] = await tx.query<LeadFormDto>(
      `update lead_forms set name = $3, active = $4, fields = $5, source = $6, campaign = $7,
         tags = $8::text[], owner_id = $9, allowed_origins = $10::text[], redirect_url = $11,
         thank_you = $12, consent_text = $13, consent_purpose = $14, min_seconds = $15,
         max_links = $16,
         version = version + 1, updated_at = now()
       where workspace_id = $1 and id = $2 returning ${COLUMNS}`,
      [workspaceId, id, ...contentParams(form)],
    );
    return updated as LeadFormDto;
  }

  async remove(tx: Transaction, workspaceId: string, id: string): Promise<void> {
    await tx.query('delete from lead_forms where workspace_id = $1 and id = $2', [workspaceId, id]);
  }
}

const contentParams = (form: FormContent): unknown[] => [
  form.name,
  form.active,
  JSON.stringify(form.fields),
  form.source,
  form.campaign,
  form.tags,
  form.ownerId,
  form.allowedOrigins,
  form.redirectUrl,
  form.thankYou,
  form.consentText,
  form.consentPurpose,
  form.minSeconds,
  form.maxLinks,
];
