import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../../common/context.js';
import { decodeCursor, encodeCursor } from '../../../common/cursor.js';
import { Problem } from '../../../common/errors.js';
import { parseListQuery } from '../../../common/list-query.js';
import { normalizeDatetime } from '../../../common/values/datetime.js';
import { normalizeEmail } from '../../../common/values/email.js';
import { Database } from '../../../platform/database/database.js';
import type { PageJson } from '../../../platform/http/answers.js';
import { idPage, readIdPage } from '../../../platform/http/id-page.js';
import { ContactsService } from '../../contacts/index.js';
import { isAddressed } from '../channels.js';
import type { Addressed, Channel } from '../channels.js';
import type { ConsentPurposeDto } from '../purposes/consent-purpose.dto.js';
import { ConsentPurposesRepository } from '../purposes/consent-purposes.repository.js';
import type { SuppressionReason } from '../suppressions/suppression.dto.js';
import { SuppressionsRepository } from '../suppressions/suppressions.repository.js';
import type { ContactWish, Outcome } from './consent-plan.js';
import { isAllowed, nextAskAt } from './consent-state.js';
import type { ConsentState } from './consent-state.js';
import { ConsentWriter } from './consent-writer.js';
import type {
  BatchConsentInput,
  ConsentBatchResultDto,
  ConsentDto,
  ConsentInput,
  ConsentListDto,
  ConsentResultDto,
} from './consent.dto.js';
import { ConsentsRepository } from './consents.repository.js';

const SORT = 'contactId,purpose,channel';
const KEYS = [{ type: 'uuid' as const }, { type: 'uuid' as const }, { type: 'text' as const }];

/** How far a clock may be ahead of ours, in milliseconds. */
const AHEAD = 5 * 60_000;

/** Why a contact is not reached, by channel. */
export type Suppressed = ReadonlyMap<Addressed, SuppressionReason>;

/** What contacts agreed to. */
@Injectable()
export class ConsentsService {
  constructor(
    private readonly database: Database,
    private readonly contacts: ContactsService,
    private readonly purposes: ConsentPurposesRepository,
    private readonly consents: ConsentsRepository,
    private readonly suppressions: SuppressionsRepository,
    private readonly writer: ConsentWriter,
  ) {}

  /** What all contacts have said. @throws Problem 400, 403 for who may not read them all. */
  async page(ctx: RequestContext, query: { limit?: string; cursor?: string }): Promise<PageJson> {
    if (ctx.grants.get('contact:read') !== 'all') {
      throw new Problem('forbidden', 'You need the permission contact:read for all contacts.');
    }
    const { limit, cursor } = parseListQuery({ ...query });
    const after = cursor ? decodeCursor(cursor, SORT, ctx.workspaceId, KEYS).values : null;
    const rows = await this.consents.page(ctx, after as [string, string, string] | null, limit + 1);
    const last = rows.length > limit ? rows[limit - 1] : undefined;
    const nextCursor = last
      ? encodeCursor(
          { sort: SORT, values: [last.contactId, last.purposeId, last.channel] },
          ctx.workspaceId,
        )
      : null;
    const data = rows.slice(0, limit).map(({ purposeId: _, ...row }) => row);
    const page = { nextCursor, hasMore: last !== undefined };
    return { json: JSON.stringify({ data, page }), nextCursor };
  }

  /** Where consent stands, for each purpose and channel. @throws Problem 404. */
  async list(ctx: RequestContext, contactId: string): Promise<ConsentListDto> {
    await this.contacts.reader.get(ctx, contactId, { fields: [] });
    return { data: await this.statesOf(ctx, contactId) };
  }

  /** What was said and asked, the newest first. @throws Problem 400, 404. */
  async history(
    ctx: RequestContext,
    contactId: string,
    query: Record<string, unknown>,
  ): Promise<PageJson> {
    const page = readIdPage(query);
    await this.contacts.reader.get(ctx, contactId, { fields: [] });
    return idPage(await this.consents.history(ctx, contactId, page), page);
  }

  /** Grants or withdraws. What is so already stays as it is. @throws Problem 403, 404, 422. */
  async put(ctx: RequestContext, contactId: string, body: ConsentInput): Promise<ConsentResultDto> {
    return this.database.transaction(ctx, async (tx) => {
      const inner = { ...ctx, tx };
      const purposes = await this.purposes.find(inner);
      const wish = wishOf(contactId, body, purposes);
      const [result] = await this.writer.write(tx, ctx, [wish], purposes, { by: 'caller' });
      if (!result || result instanceof Problem) throw result ?? new Error('No outcome');
      const suppressed = await this.suppressedOf(inner, contactId);
      const dto = dtoOf(contactId, wish.purpose, wish.channel, result.state, suppressed);
      return { ...dto, outcome: result.outcome };
    });
  }

  /** The same for many; what is wrong with one keeps no other from being written. */
  async batch(
    ctx: RequestContext,
    records: readonly BatchConsentInput[],
  ): Promise<ConsentBatchResultDto> {
    return this.database.transaction(ctx, async (tx) => {
      const purposes = await this.purposes.find({ ...ctx, tx });
      const emails = records.flatMap(({ email }) => normalizeEmail(email).value ?? []);
      const byEmail = await this.consents.idsByEmail({ ...ctx, tx }, emails);
      const read = records.map((record) => readRecord(record, byEmail, purposes));
      const wishes = read.filter((item): item is ContactWish => !(item instanceof Problem));
      const outcomes = await this.writer.write(tx, ctx, wishes, purposes, { by: 'list' });
      let next = 0;
      const results = read.map((item, index) => {
        const outcome = item instanceof Problem ? item : outcomes[next++];
        return itemOf(index, outcome as Outcome | Problem, ctx.requestId);
      });
      const failed = results.filter(({ error }) => error !== undefined).length;
      return { results, succeeded: results.length - failed, failed };
    });
  }

  /** As {@link list}, for a contact that is known to be there. */
  async statesOf(ctx: RequestContext, contactId: string): Promise<ConsentDto[]> {
    const purposes = await this.purposes.find(ctx);
    const states = await this.consents.of(ctx, contactId);
    const suppressed = await this.suppressedOf(ctx, contactId);
    return purposes.flatMap((purpose) =>
      purpose.channels.map((channel) => {
        const state = states.find(
          (item) => item.purposeId === purpose.id && item.channel === channel,
        );
        return dtoOf(contactId, purpose, channel, state, suppressed);
      }),
    );
  }

  private async suppressedOf(ctx: RequestContext, contactId: string): Promise<Suppressed> {
    const found = await this.suppressions.ofContacts(ctx, [contactId]);
    return new Map(found.map(({ channel, reason }) => [channel, reason]));
  }
}

/** @throws Problem 422 for a purpose there is none of, a time to come, or proof that lacks. */
function wishOf(
  contactId: string,
  body: ConsentInput,
  purposes: readonly ConsentPurposeDto[],
): ContactWish {
  const fail = (pointer: string, code: string, detail: string): Problem =>
    Problem.validation([{ pointer, code, detail }]);
  const purpose = purposes.find(({ key }) => key === body.purpose);
  if (!purpose) {
    const known = purposes.map(({ key }) => key).join(', ');
    throw fail('/purpose', 'reference', `must be one of this workspace's: ${known}`);
  }
  const occurredAt =
    body.occurredAt === undefined ? null : (normalizeDatetime(body.occurredAt).value ?? null);
  if (occurredAt !== null && Date.parse(occurredAt) > Date.now() + AHEAD) {
    throw fail('/occurredAt', 'future', 'must not be in the future');
  }
  const proof = Object.fromEntries(
    Object.entries(body.proof ?? {}).filter(([, value]) => value !== null && value !== undefined),
  );
  const confirmed = body.confirmed === true;
  if (confirmed && proof['text'] === undefined && proof['note'] === undefined) {
    throw fail('/proof', 'isNotEmpty', 'must say what they confirmed (text) or how (note)');
  }
  const { channel, status, source = 'api' } = body;
  return { contactId, purpose, channel, status, occurredAt, confirmed, source, proof };
}

function readRecord(
  record: BatchConsentInput,
  byEmail: ReadonlyMap<string, string>,
  purposes: readonly ConsentPurposeDto[],
): ContactWish | Problem {
  const { contactId, email } = record;
  try {
    if ((contactId === undefined) === (email === undefined)) {
      const detail = 'must be given, or else the e-mail address of the contact, and not both';
      throw Problem.validation([{ pointer: '/contactId', code: 'isNotEmpty', detail }]);
    }
    const id = contactId?.toLowerCase() ?? byEmail.get(normalizeEmail(email).value ?? '');
    if (id === undefined) {
      throw new Problem('not-found', `There is no contact with the e-mail address ${email ?? ''}.`);
    }
    return wishOf(id, record, purposes);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
}

function itemOf(
  index: number,
  outcome: Outcome | Problem,
  requestId: string,
): ConsentBatchResultDto['results'][number] {
  if (outcome instanceof Problem) {
    const error = outcome.toDocument(`/records/${index}`, requestId);
    return { index, status: outcome.status, error };
  }
  const { contactId, status } = outcome.state;
  return { index, status: 200, contactId, outcome: outcome.outcome, consent: status };
}

function dtoOf(
  contactId: string,
  purpose: ConsentPurposeDto,
  channel: Channel,
  state: ConsentState | undefined,
  suppressions: Suppressed,
): ConsentDto {
  const suppressed = isAddressed(channel) ? (suppressions.get(channel) ?? null) : null;
  const { status, source, changedAt } = state ?? NOTHING_SAID;
  return {
    ...{ contactId, purpose: purpose.key, channel, status, source, changedAt, suppressed },
    allowed: suppressed === null && isAllowed(purpose, state?.status),
    confirmation: state?.status === 'pending' ? confirmationOf(state) : null,
  };
}

const NOTHING_SAID = { status: 'none', source: null, changedAt: null } as const;

function confirmationOf(state: ConsentState): ConsentDto['confirmation'] {
  const next = nextAskAt(state);
  const { asks, askedAt } = state;
  return { asks, askedAt, nextAskAt: next === 0 ? null : new Date(next).toISOString() };
}
