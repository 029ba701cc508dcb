import { Problem } from '../../../common/errors.js';
import { uuidv7 } from '../../../common/uuid.js';
import type { Channel } from '../channels.js';
import type { ConsentPurposeDto } from '../purposes/consent-purpose.dto.js';
import { decide, needsConfirmation, nextAskAt } from './consent-state.js';
import type { ConsentState, ConsentStatus, Wish } from './consent-state.js';
import type { ContactRow, HistoryEntry, Proof } from './consents.repository.js';

/** A wish of a contact, as it comes in. */
export interface ContactWish extends Wish {
  contactId: string;
  purpose: ConsentPurposeDto;
  channel: Channel;
  source: string;
  proof: Proof;
}

/** What became of a wish: see `OUTCOMES` of the DTO. */
export interface Outcome {
  outcome: 'granted' | 'withdrawn' | 'asked' | 'notAsked' | 'unchanged' | 'superseded';
  state: ConsentState;
}

/** A consent that is another than before. */
export interface Change {
  contactId: string;
  purpose: ConsentPurposeDto;
  channel: Channel;
  before: ConsentStatus | null;
  after: ConsentStatus;
  source: string;
}

const keyOf = (contactId: string, purposeId: string, channel: Channel): string =>
  `${contactId}/${purposeId}/${channel}`;

/** What a set of wishes makes of the consents that there are; writes nothing. */
export class ConsentPlan {
  readonly entries: HistoryEntry[] = [];
  readonly changes: Change[] = [];
  private readonly states: Map<string, ConsentState>;
  private readonly touched = new Set<string>();
  private readonly now = Date.now();

  /** @param mayAsk whether a contact may be sent a mail that asks. */
  constructor(
    states: readonly ConsentState[],
    private readonly mayAsk: (contactId: string) => boolean,
  ) {
    this.states = new Map(
      states.map((state) => [keyOf(state.contactId, state.purposeId, state.channel), state]),
    );
  }

  /** Takes a wish of a contact. @throws Problem 422 for what cannot be granted. */
  apply(contact: ContactRow, wish: ContactWish): Outcome {
    const { purpose, channel, status } = wish;
    if (status === 'granted') assertGrantable(contact, wish);
    const current = this.states.get(keyOf(contact.id, purpose.id, channel));
    const decision = decide(current, wish, needsConfirmation(purpose, channel));
    if (decision === 'again') return this.askAgain(current as ConsentState);
    if (decision === 'unchanged' || decision === 'superseded') {
      return { outcome: decision, state: current as ConsentState };
    }
    const isAsked = decision === 'pending' && this.isToBeAsked(contact.id, current);
    const state = this.change(contact.id, wish, decision, isAsked);
    if (decision !== 'pending') return { outcome: decision, state };
    return { outcome: isAsked ? 'asked' : 'notAsked', state };
  }

  /** The states to be stored. */
  saved(): ConsentState[] {
    return [...this.touched].map((key) => this.states.get(key) as ConsentState);
  }

  statusOf(contactId: string, purposeId: string, channel: Channel): ConsentStatus | undefined {
    return this.states.get(keyOf(contactId, purposeId, channel))?.status;
  }

  private change(
    contactId: string,
    wish: ContactWish,
    status: ConsentStatus,
    isAsked: boolean,
  ): ConsentState {
    const { purpose, channel, source, proof } = wish;
    const id = uuidv7();
    const key = keyOf(contactId, purpose.id, channel);
    const now = new Date(this.now).toISOString();
    const occurredAt = wish.occurredAt ?? now;
    const before = this.states.get(key);
    // Who withdraws and is signed up again is asked no more often for that.
    const asks = status === 'granted' ? 0 : (before?.asks ?? 0) + Number(isAsked);
    const state: ConsentState = {
      ...{ contactId, purposeId: purpose.id, channel, status, source, changedAt: occurredAt },
      requestId: status === 'pending' ? id : null,
      ...{ asks, askedAt: isAsked ? now : (before?.askedAt ?? null) },
    };
    this.put(key, state);
    const said = { contactId, purposeId: purpose.id, channel, status, source };
    this.entries.push({ id, ...said, occurredAt, proof });
    const change = { contactId, purpose, channel, after: status, source };
    this.changes.push({ ...change, before: before?.status ?? null });
    return state;
  }

  private isToBeAsked(contactId: string, current: ConsentState | undefined): boolean {
    return this.mayAsk(contactId) && (current === undefined || nextAskAt(current) <= this.now);
  }

  private askAgain(current: ConsentState): Outcome {
    if (!this.isToBeAsked(current.contactId, current)) {
      return { outcome: 'notAsked', state: current };
    }
    const askedAt = new Date(this.now).toISOString();
    const state = { ...current, asks: current.asks + 1, askedAt };
    this.put(keyOf(state.contactId, state.purposeId, state.channel), state);
    return { outcome: 'asked', state };
  }

  private put(key: string, state: ConsentState): void {
    this.states.set(key, state);
    this.touched.add(key);
  }
}

function assertGrantable({ email }: ContactRow, { purpose, channel }: ContactWish): void {
  const fail = (pointer: string, code: string, detail: string): never => {
    throw Problem.validation([{ pointer, code, detail }]);
  };
  if (!purpose.active) fail('/purpose', 'inactive', 'is a purpose that is not active');
  if (!purpose.channels.includes(channel)) {
    fail('/channel', 'isIn', `must be one of the purpose's: ${purpose.channels.join(', ')}`);
  }
  if (email === null && needsConfirmation(purpose, channel)) {
    fail('/channel', 'noAddress', 'needs an e-mail address, and the contact has none');
  }
}
