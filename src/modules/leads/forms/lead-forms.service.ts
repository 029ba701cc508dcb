import { Injectable } from '@nestjs/common';
import { fieldChanges } from '../../../common/changes.js';
import type { RequestContext } from '../../../common/context.js';
import { Problem } from '../../../common/errors.js';
import type { FieldError } from '../../../common/errors.js';
import { randomText } from '../../../common/secrets.js';
import { uuidv7 } from '../../../common/uuid.js';
import { Database } from '../../../platform/database/database.js';
import type { Transaction } from '../../../platform/database/transaction.js';
import type { PageJson } from '../../../platform/http/answers.js';
import { idPage } from '../../../platform/http/id-page.js';
import type { IdPage } from '../../../platform/http/id-page.js';
import { assertVersion } from '../../../platform/http/precondition.js';
import { eventOf } from '../../../platform/outbox/event.js';
import { recordEvents } from '../../../platform/outbox/record-events.js';
import { RecordKit } from '../../../platform/records/record-kit.js';
import { FormConsents } from '../../consent/index.js';
import { LEAD } from '../leads.service.js';
import { isFormField } from './form-fields.js';
import type { FormField } from './form-fields.js';
import type { LeadFormDto, LeadFormInput, LeadFormPatch } from './lead-form.dto.js';
import { LeadFormsRepository } from './lead-forms.repository.js';
import type { FormContent } from './lead-forms.repository.js';

/** Characters of a public key: about 190 bits that nobody guesses. */
const KEY_LENGTH = 32;

const EMPTY: Omit<FormContent, 'name' | 'fields'> = {
  ...{ active: true, source: null, campaign: null, tags: [], ownerId: null },
  ...{ allowedOrigins: ['*'], redirectUrl: null, thankYou: null, consentText: null },
  ...{ consentPurpose: null, minSeconds: 3, maxLinks: 2 },
};

/** Forms that leads come through. */
@Injectable()
export class LeadFormsService {
  constructor(
    private readonly kit: RecordKit,
    private readonly database: Database,
    private readonly forms: LeadFormsRepository,
    private readonly consents: FormConsents,
  ) {}

  /** The newest first. */
  async list(ctx: RequestContext, page: IdPage): Promise<PageJson> {
    return idPage(await this.forms.find(ctx, page), page);
  }

  /** @throws Problem 404. */
  async get(ctx: RequestContext, id: string): Promise<LeadFormDto> {
    const form = await this.forms.findOne(ctx, id);
    if (!form) throw Problem.notFound('form', id);
    const { workspaceId: _, tokenSecret: __, ...shown } = form;
    return shown;
  }

  /** @throws Problem 422. */
  async create(ctx: RequestContext, input: LeadFormInput): Promise<LeadFormDto> {
    const content = await this.contentOf(ctx, { ...EMPTY, ...input });
    const id = uuidv7();
    return this.database.transaction(ctx, async (tx) => {
      await this.assertOwner(tx, ctx, content.ownerId);
      const keys = { id, publicKey: randomText(KEY_LENGTH), tokenSecret: randomText(43) };
      const made = await this.forms.insert(tx, ctx.workspaceId, keys, content);
      await tx.run([note(ctx, 'leadForm.created', id, { ...content })]);
      return made;
    });
  }

  /** @throws Problem 404, 412, 422. */
  async update(
    ctx: RequestContext,
    id: string,
    patch: LeadFormPatch,
    version?: number,
  ): Promise<LeadFormDto> {
    return this.database.transaction(ctx, async (tx) => {
      const before = await this.locked(tx, ctx, id);
      assertVersion(version, before.version);
      const content = await this.contentOf(ctx, { ...before, ...patch });
      const changes = fieldChanges({ ...contentOf(before) }, { ...content });
      if (!changes) return before;
      await this.assertOwner(tx, ctx, content.ownerId);
      await tx.run([note(ctx, 'leadForm.changed', id, changes)]);
      return this.forms.update(tx, ctx.workspaceId, id, content);
    });
  }

  /** Removes a form with its submissions; its leads stay. @throws Problem 404. */
  async remove(ctx: RequestContext, id: string): Promise<void> {
    await this.database.transaction(ctx, async (tx) => {
      const { name } = await this.locked(tx, ctx, id);
      await this.forms.remove(tx, ctx.workspaceId, id);
      await tx.run([note(ctx, 'leadForm.removed', id, { name })]);
    });
  }

  private async locked(tx: Transaction, ctx: RequestContext, id: string): Promise<LeadFormDto> {
    const form = await this.forms.lock(tx, ctx.workspaceId, id);
    if (!form) throw Problem.notFound('form', id);
    return form;
  }

  private async contentOf(
    ctx: RequestContext,
    form: Omit<FormContent, 'fields'> & { fields: LeadFormInput['fields'] },
  ): Promise<FormContent> {
    const { properties } = await this.kit.settings.of(ctx, LEAD, true);
    const errors: FieldError[] = [];
    const names = new Set<string>();
    const fields = form.fields.map(({ name, label, required }, index): FormField => {
      const at = { pointer: `/fields/${index}/name` };
      const property = name.startsWith('custom.') ? properties.get(name.slice(7)) : undefined;
      if (!isFormField(name) || (name.startsWith('custom.') && !property)) {
        errors.push({ ...at, code: 'unknownField', detail: 'is not a field that a form can have' });
      } else if (names.has(name)) {
        errors.push({ ...at, code: 'duplicate', detail: 'stands in the form already' });
      }
      names.add(name);
      const known = LEAD.fieldByName.get(name)?.label ?? property?.label ?? name.split('.')[1];
      return { name, label: label ?? known ?? name, required: required === true };
    });
    errors.push(...(await this.purposeFaults(ctx, form.consentPurpose ?? null)));
    if (errors.length > 0) throw Problem.validation(errors);
    return contentOf({ ...form, fields });
  }

  private async purposeFaults(ctx: RequestContext, purpose: string | null): Promise<FieldError[]> {
    const detail = purpose === null ? undefined : await this.consents.fault(ctx, purpose);
    return detail === undefined ? [] : [{ pointer: '/consentPurpose', code: 'reference', detail }];
  }

  private async assertOwner(
    tx: Transaction,
    ctx: RequestContext,
    ownerId: string | null,
  ): Promise<void> {
    if (ownerId === null || (await this.forms.hasUser(tx, ctx.workspaceId, ownerId))) return;
    const detail = `there is no user ${ownerId}`;
    throw Problem.validation([{ pointer: '/ownerId', code: 'reference', detail }]);
  }
}

/** The content alone, with null for what a body left empty. */
const contentOf = (form: FormContent): FormContent => ({
  name: form.name,
  active: form.active,
  fields: form.fields,
  source: form.source ?? null,
  campaign: form.campaign ?? null,
  tags: form.tags,
  ownerId: form.ownerId ?? null,
  allowedOrigins: form.allowedOrigins,
  redirectUrl: form.redirectUrl ?? null,
  thankYou: form.thankYou ?? null,
  consentText: form.consentText ?? null,
  consentPurpose: form.consentPurpose ?? null,
  minSeconds: form.minSeconds,
  maxLinks: form.maxLinks,
});

const note = (
  ctx: RequestContext,
  type: 'leadForm.created' | 'leadForm.changed' | 'leadForm.removed',
  recordId: string,
  changes: Record<string, unknown>,
) => recordEvents([eventOf(ctx, { type, object: 'lead-forms', recordId, changes })]);
