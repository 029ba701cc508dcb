import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../../common/context.js';
import { Problem } from '../../../common/errors.js';
import type { FieldError } from '../../../common/errors.js';
import { uuidv7 } from '../../../common/uuid.js';
import { Database } from '../../../platform/database/database.js';
import type { Statement, StatementResult } from '../../../platform/database/pipeline.js';
import type { Transaction } from '../../../platform/database/transaction.js';
import type { PageJson } from '../../../platform/http/answers.js';
import { idPage, readIdPage } from '../../../platform/http/id-page.js';
import { eventOf } from '../../../platform/outbox/event.js';
import { recordEvents } from '../../../platform/outbox/record-events.js';
import type { Addressed } from '../channels.js';
import { normalAddress } from './address-hash.js';
import { LIFTED_BY_CONSENT, SUPPRESSION_REASONS } from './suppression.dto.js';
import type {
  AddressInput,
  SuppressedDto,
  SuppressionCheckDto,
  SuppressionDto,
  SuppressionReason,
  SuppressionsInput,
} from './suppression.dto.js';
import { SuppressionsRepository } from './suppressions.repository.js';
import type { Address, Suppressed } from './suppressions.repository.js';

const OBJECT = 'suppressions';
const LONGEST_REASON = 500;

/** Addresses that nothing may be sent to, whoever they belong to by now. */
@Injectable()
export class SuppressionsService {
  constructor(
    private readonly database: Database,
    private readonly suppressions: SuppressionsRepository,
  ) {}

  /** The newest first. @throws Problem 400. */
  async list(ctx: RequestContext, { reason, ...rest }: Record<string, unknown>): Promise<PageJson> {
    const wanted = SUPPRESSION_REASONS.find((known) => known === reason);
    if (reason !== undefined && wanted === undefined) {
      const detail = `reason must be one of ${SUPPRESSION_REASONS.join(', ')}.`;
      throw new Problem('invalid-parameter', detail);
    }
    const page = readIdPage(rest);
    return idPage(await this.suppressions.find(ctx, wanted ?? null, page), page);
  }

  /** @throws Problem 404. */
  async get(ctx: RequestContext, id: string): Promise<SuppressionDto> {
    const found = await this.suppressions.findOne(ctx, id);
    if (!found) throw Problem.notFound('suppression', id);
    return found;
  }

  /** Suppresses addresses; those that are suppressed already stay so. @throws Problem 422. */
  async add(ctx: RequestContext, input: SuppressionsInput): Promise<SuppressedDto> {
    const addresses = unique(normalized(input.entries));
    const added = await this.suppress(ctx, addresses, input.reason ?? 'manual', input.note ?? null);
    return { added, known: addresses.length - added };
  }

  /** Which of the addresses are suppressed. @throws Problem 422. */
  async check(ctx: RequestContext, entries: AddressInput[]): Promise<SuppressionCheckDto> {
    const found = await this.suppressions.check(ctx, normalized(entries));
    const data = entries.map(({ channel, address }, place) => {
      const { id = null, reason = null } = found.get(place) ?? {};
      return { channel, address, suppressed: id !== null, id, reason };
    });
    return { data };
  }

  /** Takes an address off the list; why, the audit trail keeps. @throws Problem 400, 404. */
  async remove(ctx: RequestContext, id: string, why: unknown): Promise<void> {
    if (typeof why !== 'string' || why.trim() === '' || why.length > LONGEST_REASON) {
      const detail = `reason must say why, in at most ${LONGEST_REASON} characters.`;
      throw new Problem('invalid-parameter', detail);
    }
    await this.database.transaction(ctx, async (tx) => {
      const [removed] = await tx.run([this.suppressions.remove(ctx, id)]);
      const row = removed?.rows[0] as SuppressionDto | undefined;
      if (!row) throw Problem.notFound('suppression', id);
      const { channel, reason } = row;
      await tx.run([note(ctx, 'suppression.removed', [id], { channel, reason, why: why.trim() })]);
    });
  }

  /**
   * Suppresses addresses in their normal form, in the transaction of `ctx` or one of its own.
   * @returns how many were not suppressed before.
   */
  async suppress(
    ctx: RequestContext,
    addresses: readonly Address[],
    reason: SuppressionReason,
    why: string | null = null,
  ): Promise<number> {
    if (addresses.length === 0) return 0;
    const rows = addresses.map((address) => ({ ...address, id: uuidv7() }));
    return this.database.transaction(ctx, (tx) =>
      this.write(tx, ctx, this.suppressions.add(ctx, rows, reason, why), { reason }),
    );
  }

  /** Suppresses the addresses that contacts have now. */
  async suppressContacts(
    tx: Transaction,
    ctx: RequestContext,
    contacts: readonly { contactId: string; channel: Addressed }[],
    reason: SuppressionReason,
  ): Promise<void> {
    if (contacts.length === 0) return;
    const rows = contacts.map(({ contactId, channel }) => ({
      ...{ id: uuidv7(), channel, contact_id: contactId },
    }));
    await this.write(tx, ctx, this.suppressions.addOfContacts(ctx, rows, reason), { reason });
  }

  /** Suppresses an e-mail address of which only the hash is known. @param hash in base64. */
  async suppressHash(
    tx: Transaction,
    ctx: RequestContext,
    hash: string,
    reason: SuppressionReason,
  ): Promise<void> {
    const row = { id: uuidv7(), channel: 'email' as const, hash };
    await this.write(tx, ctx, this.suppressions.addHash(ctx, row, reason), { reason });
  }

  /** The person behind a contact wants to be reached again: what only they had asked for ends. */
  async lift(
    tx: Transaction,
    ctx: RequestContext,
    contactId: string,
    channel: Addressed,
  ): Promise<void> {
    const statement = this.suppressions.lift(ctx, contactId, channel, LIFTED_BY_CONSENT);
    const [lifted] = await tx.run([statement]);
    const ids = (lifted?.rows ?? []).map(({ id }) => id as string);
    if (ids.length === 0) return;
    await tx.run([note(ctx, 'suppression.removed', ids, { channel, why: 'consent' })]);
  }

  private async write(
    tx: Transaction,
    ctx: RequestContext,
    statements: Statement[],
    changes: Record<string, unknown>,
  ): Promise<number> {
    const written = rowsOf((await tx.run(statements)).at(-1));
    if (written.length > 0) {
      const ids = written.map(({ id }) => id);
      await tx.run([note(ctx, 'suppression.added', ids, changes)]);
    }
    return written.filter(({ isNew }) => isNew).length;
  }
}

const rowsOf = (result: StatementResult | undefined): Suppressed[] =>
  (result?.rows ?? []) as unknown as Suppressed[];

/** @throws Problem 422 that names each address that is none. */
function normalized(entries: readonly AddressInput[]): Address[] {
  const errors: FieldError[] = [];
  const addresses = entries.map(({ channel, address }, index) => {
    const normal = normalAddress(channel, address);
    if ('value' in normal) return { channel, address: normal.value };
    errors.push({ pointer: `/entries/${index}/address`, ...normal.fault });
    return { channel, address };
  });
  if (errors.length > 0) throw Problem.validation(errors);
  return addresses;
}

function unique(addresses: readonly Address[]): Address[] {
  return [...new Map(addresses.map((item) => [`${item.channel} ${item.address}`, item])).values()];
}

const note = (
  ctx: RequestContext,
  type: 'suppression.added' | 'suppression.removed',
  recordIds: string[],
  changes: Record<string, unknown>,
) => recordEvents([eventOf(ctx, { type, object: OBJECT, recordIds, changes })]);
