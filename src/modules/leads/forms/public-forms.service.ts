import { Injectable } from '@nestjs/common';
import type { RequestContext, RequestOrigin } from '../../../common/context.js';
import { Problem } from '../../../common/errors.js';
import type { FieldError } from '../../../common/errors.js';
import { uuidv7 } from '../../../common/uuid.js';
import { parseGrants } from '../../../platform/access/permissions.js';
import { Database } from '../../../platform/database/database.js';
import type { Transaction } from '../../../platform/database/transaction.js';
import { escapePointer } from '../../../platform/http/rules.js';
import { Throttle } from '../../../platform/throttle/throttle.js';
import { EXTRAS, flattened, HONEYPOT, INPUT_TYPES } from './form-fields.js';
import type { Sent } from './form-fields.js';
import { makeToken, readToken } from './form-token.js';
import type { ReadToken } from './form-token.js';
import type { LeadFormDto, PublicFormDto, SubmittedDto } from './lead-form.dto.js';
import { LeadFormsRepository } from './lead-forms.repository.js';
import type { StoredForm } from './lead-forms.repository.js';
import { addressOf, LeadIntake, shown } from './lead-intake.js';
import { judge } from './spam-guard.js';
import type { SpamReason } from './spam-guard.js';
import { SubmissionsRepository } from './submissions.repository.js';

/** Who sends a form. */
export interface Visitor extends RequestOrigin {
  /** The `Origin` header: the site whose page sends it. */
  origin: string | undefined;
}

const GRANTS = parseGrants(['lead:*']);
const THANKS = 'Thank you.';
const KEPT = { status: 'spam', leadId: null } as const;

/** Forms as strangers meet them. */
@Injectable()
export class PublicFormsService {
  constructor(
    private readonly database: Database,
    private readonly throttle: Throttle,
    private readonly forms: LeadFormsRepository,
    private readonly submissions: SubmissionsRepository,
    private readonly intake: LeadIntake,
  ) {}

  /** The fields of a form and a token to send with it. @throws Problem 403, 404, 429. */
  async describe(
    publicKey: string,
    visitor: Visitor,
  ): Promise<{ form: PublicFormDto; allowed: string | null }> {
    const { form, allowed } = await this.find(publicKey, visitor);
    const fields = form.fields.map((field) => ({
      ...field,
      type: INPUT_TYPES[field.name] ?? 'text',
    }));
    const token = makeToken(form.tokenSecret, form.id);
    const { consentText } = form;
    return { form: { fields, consentText, token, honeypot: HONEYPOT }, allowed };
  }

  /**
   * Takes a submission. What is judged spam is kept apart and answered as all others are.
   * @throws Problem 403 for a site that may not send it, 404, 422 for values, 429.
   */
  async submit(
    publicKey: string,
    body: unknown,
    visitor: Visitor,
  ): Promise<{ answer: SubmittedDto; allowed: string | null }> {
    const { form, allowed } = await this.find(publicKey, visitor);
    const sent = readSent(form, body);
    const token = readToken(form.tokenSecret, form.id, sent['token']);
    const reasons = judge(sent, token, form);
    const ctx = contextOf(form, visitor);
    try {
      await this.database.transaction(ctx, (tx) =>
        this.take(tx, ctx, form, sent, { token, reasons, visitor }),
      );
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'duplicate') throw error;
      // Whose value it is, is nothing for a stranger.
      await this.database.transaction(ctx, (tx) =>
        this.take(tx, ctx, form, sent, { token, reasons: ['duplicate'], visitor }),
      );
    }
    const { thankYou, redirectUrl } = form;
    return { answer: { message: thankYou ?? THANKS, redirectUrl }, allowed };
  }

  private async take(
    tx: Transaction,
    ctx: RequestContext,
    form: StoredForm,
    sent: Sent,
    given: { token: ReadToken | null; reasons: SpamReason[]; visitor: Visitor },
  ): Promise<void> {
    const { token, visitor } = given;
    const email = addressOf(sent);
    const reasons = [...given.reasons];
    if (token && (await this.isReused(tx, form, token, email))) reasons.push('tokenReused');
    const isSpam = reasons.length > 0;
    const origin = visitor.origin?.slice(0, 300) ?? null;
    const sending = { at: new Date().toISOString(), ip: visitor.ip, origin };
    const { status, leadId } = isSpam ? KEPT : await this.intake.take(tx, ctx, form, sent, sending);
    await this.submissions.insert(tx, form.workspaceId, {
      ...{ id: uuidv7(), formId: form.id, status, leadId, reasons, email },
      values: storable(isSpam ? { ...sent, token: undefined } : shown(sent)),
      tokenId: token?.id ?? null,
      ...{ origin, ip: visitor.ip },
    });
  }

  private isReused(
    tx: Transaction,
    { workspaceId, id }: StoredForm,
    token: ReadToken,
    email: string | null,
  ): Promise<boolean> {
    return this.submissions.isTokenUsed(tx, workspaceId, id, token.id, email);
  }

  private async find(
    publicKey: string,
    { origin }: Visitor,
  ): Promise<{ form: StoredForm; allowed: string | null }> {
    const form = /^[0-9A-Za-z]{32}$/.test(publicKey)
      ? await this.forms.findPublic(publicKey)
      : null;
    if (!form) throw new Problem('not-found', 'There is no form at this address.');
    this.throttle.admit('formTotal', form.id);
    return { form, allowed: allowedOrigin(form, origin) };
  }
}

/** What a browser is told of who may read the answer; null for what is no browser's. */
function allowedOrigin({ allowedOrigins }: LeadFormDto, origin: string | undefined): string | null {
  if (allowedOrigins.includes('*')) return '*';
  if (origin === undefined) return null;
  if (allowedOrigins.includes(origin.toLowerCase())) return origin;
  throw new Problem('forbidden', 'This site may not send the form.');
}

/** The visitor acts as the form: in its workspace, with leads and nothing else. */
function contextOf(form: StoredForm, { requestId, ip }: Visitor): RequestContext {
  return {
    workspaceId: form.workspaceId,
    principal: { type: 'system', id: form.id, userId: null },
    grants: GRANTS,
    accessKey: `form:${form.id}`,
    requestId,
    ip,
  };
}

/** What was sent, flat, when it fits the form. @throws Problem 422. */
function readSent(form: StoredForm, body: unknown): Sent {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw Problem.validation([{ pointer: '', code: 'isObject', detail: 'must be an object' }]);
  }
  const sent = flattened(body as Sent);
  const known = new Set([...form.fields.map(({ name }) => name), ...EXTRAS]);
  const errors: FieldError[] = [];
  const fail = (name: string, code: string, detail: string): void => {
    errors.push({ pointer: `/${escapePointer(name.replace('.', '/'))}`, code, detail });
  };
  for (const name of Object.keys(sent)) {
    if (!known.has(name)) fail(name.slice(0, 100), 'unknownField', 'is not a field of this form');
  }
  const lacking = form.fields.filter(({ name, required }) => required && isEmpty(sent[name]));
  for (const { name } of lacking) fail(name, 'isNotEmpty', 'must be given');
  if (form.consentText !== null && !isYes(sent['consent'])) {
    fail('consent', 'consent', 'must be given');
  }
  if (errors.length > 0) throw Problem.validation(errors);
  return sent;
}

const isEmpty = (value: unknown): boolean =>
  (typeof value === 'string' ? value.trim() : (value ?? '')) === '';

const isYes = (value: unknown): boolean =>
  value === true || ['true', 'on', 'yes', '1'].includes(String(value).toLowerCase());

/** Text that PostgreSQL can hold: no null characters, no halves of characters. */
function storable(sent: Sent): Sent {
  const json = JSON.stringify(sent, (_, value: unknown) =>
    typeof value === 'string' ? value.replaceAll('\0', '').toWellFormed() : value,
  );
  return JSON.parse(json) as Sent;
}
