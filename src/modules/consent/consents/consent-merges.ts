import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import type { RequestContext } from '../../../common/context.js';
import { uuidv7 } from '../../../common/uuid.js';
import type { Transaction } from '../../../platform/database/transaction.js';
import { RecordKit } from '../../../platform/records/record-kit.js';
import type { RecordRow } from '../../../platform/records/record-row.js';
import { addressOf, isAddressed } from '../channels.js';
import type { ConsentPurposeDto } from '../purposes/consent-purpose.dto.js';
import { ConsentPurposesRepository } from '../purposes/consent-purposes.repository.js';
import { SuppressionsService } from '../suppressions/suppressions.service.js';
import { actorOf, consentEvents } from './consent-events.js';
import type { Change } from './consent-plan.js';
import { stricter } from './consent-state.js';
import type { ConsentState } from './consent-state.js';
import { ConsentsRepository } from './consents.repository.js';
import type { HistoryEntry } from './consents.repository.js';

/** Source of consents that are another's than they were. */
const SOURCE = 'merge';

/** What becomes of consent when contacts are merged or removed for good. */
@Injectable()
export class ConsentMerges implements OnModuleInit {
  constructor(
    private readonly kit: RecordKit,
    private readonly purposes: ConsentPurposesRepository,
    private readonly consents: ConsentsRepository,
    private readonly suppressions: SuppressionsService,
  ) {}

  onModuleInit(): void {
    this.kit.accompany({
      object: 'contact',
      merging: (tx, ctx, survivor, losers) => this.merge(tx, ctx, survivor, losers),
      purging: (tx, ctx, record) => this.purge(tx, ctx, record),
    });
  }

  /**
   * What duplicates said goes over to the survivor, and the stricter of two wins. They consented
   * to be reached at an address: that goes over only where it is the survivor's from then on.
   */
  private async merge(
    tx: Transaction,
    ctx: RequestContext,
    survivor: RecordRow,
    losers: readonly RecordRow[],
  ): Promise<void> {
    const lost = losers.map(({ id }) => id);
    const { states } = await this.consents.lock(tx, ctx.workspaceId, [survivor.id, ...lost]);
    if (states.length === 0) return;
    const merged = mergedStates(survivor, losers, states);
    const own = new Map(
      states
        .filter(({ contactId }) => contactId === survivor.id)
        .map((state) => [keyOf(state), state.status]),
    );
    const changed = merged.filter((state) => own.get(keyOf(state)) !== state.status);
    const purposes = await this.purposes.find({ ...ctx, tx });
    const changes = changed.map((state): Change => {
      const { contactId, channel, status } = state;
      const purpose = purposes.find(({ id }) => id === state.purposeId) as ConsentPurposeDto;
      const before = own.get(keyOf(state)) ?? null;
      return { contactId, purpose, channel, before, after: status, source: SOURCE };
    });
    await tx.run([
      ...this.consents.moveTo(ctx.workspaceId, survivor.id, lost, merged),
      this.consents.note(ctx, changed.map(entryOf), actorOf(ctx)),
      ...consentEvents(ctx, changes, () => survivor.version + 1),
    ]);
  }

  /** Whoever has objected is not reached again because nothing is known of them any more. */
  private async purge(tx: Transaction, ctx: RequestContext, { id }: RecordRow): Promise<void> {
    const states = await this.consents.of({ ...ctx, tx }, id);
    const channels = new Set(
      states.flatMap(({ status, channel }) =>
        status === 'withdrawn' && isAddressed(channel) ? [channel] : [],
      ),
    );
    const gone = [...channels].map((channel) => ({ contactId: id, channel }));
    await this.suppressions.suppressContacts(tx, ctx, gone, 'erased');
  }
}

const keyOf = ({ purposeId, channel }: ConsentState): string => `${purposeId}/${channel}`;

/** What the survivor of a merge has said: for each purpose and channel the strictest of all. */
function mergedStates(
  survivor: RecordRow,
  losers: readonly RecordRow[],
  states: readonly ConsentState[],
): ConsentState[] {
  const rows = new Map([survivor, ...losers].map((row) => [row.id, row]));
  const merged = new Map<string, ConsentState>();
  for (const state of states) {
    const { status, channel, contactId } = state;
    const row = rows.get(contactId) as RecordRow;
    const isTheirs = addressOf(row.values, channel) === addressOf(survivor.values, channel);
    if (status !== 'withdrawn' && !isTheirs) continue;
    const said = { ...state, contactId: survivor.id };
    const other = merged.get(keyOf(said));
    merged.set(keyOf(said), other ? stricter(other, said) : said);
  }
  return [...merged.values()];
}

/** That it is the survivor's from now on; the history of the duplicate says how it came about. */
function entryOf(state: ConsentState): HistoryEntry {
  const { contactId, purposeId, channel, status, changedAt } = state;
  const said = { contactId, purposeId, channel, status, source: SOURCE };
  return { id: uuidv7(), ...said, occurredAt: changedAt, proof: {} };
}
