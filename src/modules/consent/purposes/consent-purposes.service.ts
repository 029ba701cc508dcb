import { Injectable } from '@nestjs/common';
import { fieldChanges } from '../../../common/changes.js';
import type { RequestContext } from '../../../common/context.js';
import { Problem } from '../../../common/errors.js';
import { uuidv7 } from '../../../common/uuid.js';
import { violationOf } from '../../../platform/database/database-errors.js';
import { Database } from '../../../platform/database/database.js';
import type { Transaction } from '../../../platform/database/transaction.js';
import { assertVersion } from '../../../platform/http/precondition.js';
import { eventOf } from '../../../platform/outbox/event.js';
import { recordEvents } from '../../../platform/outbox/record-events.js';
import { CHANNELS } from '../channels.js';
import { MOST_PURPOSES } from './consent-purpose.dto.js';
import type {
  ConsentPurposeDto,
  ConsentPurposeInput,
  ConsentPurposePatch,
} from './consent-purpose.dto.js';
import { ConsentPurposesRepository } from './consent-purposes.repository.js';
import type { PurposeContent } from './consent-purposes.repository.js';

const EMPTY = {
  ...{ description: null, consentText: null, channels: [...CHANNELS] },
  ...{ consentNeeded: true, doubleOptIn: true, active: true },
};

/** What contacts are asked to agree to. */
@Injectable()
export class ConsentPurposesService {
  constructor(
    private readonly database: Database,
    private readonly purposes: ConsentPurposesRepository,
  ) {}

  /** All of them, in the order of their keys. */
  async list(ctx: RequestContext): Promise<{ data: ConsentPurposeDto[] }> {
    return { data: await this.purposes.find(ctx) };
  }

  /** @throws Problem 404. */
  async get(ctx: RequestContext, id: string): Promise<ConsentPurposeDto> {
    const purpose = await this.purposes.findOne(ctx, id);
    if (!purpose) throw Problem.notFound('consent purpose', id);
    return purpose;
  }

  /** @throws Problem 409 for a key that is taken, or too many. */
  async create(ctx: RequestContext, input: ConsentPurposeInput): Promise<ConsentPurposeDto> {
    const content = contentOf({ ...EMPTY, ...withoutUndefined(input) });
    const id = uuidv7();
    return this.database.transaction(ctx, async (tx) => {
      const all = await this.purposes.lockAll(tx, ctx.workspaceId);
      const taken = all.find(({ key }) => key === content.key);
      if (taken) {
        const detail = `The key ${content.key} is taken.`;
        throw new Problem('duplicate', detail, { extra: { existingId: taken.id } });
      }
      if (all.length >= MOST_PURPOSES) {
        throw new Problem('conflict', `A workspace has at most ${MOST_PURPOSES} purposes.`);
      }
      const made = await this.purposes.insert(tx, ctx.workspaceId, id, content);
      await tx.run([note(ctx, 'consentPurpose.created', id, { ...content })]);
      return made;
    });
  }

  /** @throws Problem 404, 412. */
  async update(
    ctx: RequestContext,
    id: string,
    patch: ConsentPurposePatch,
    version?: number,
  ): Promise<ConsentPurposeDto> {
    return this.database.transaction(ctx, async (tx) => {
      const before = await this.locked(tx, ctx, id);
      assertVersion(version, before.version);
      const content = contentOf({ ...before, ...withoutUndefined(patch) });
      const changes = fieldChanges({ ...contentOf(before) }, { ...content });
      if (!changes) return before;
      await tx.run([note(ctx, 'consentPurpose.changed', id, changes)]);
      return this.purposes.update(tx, ctx.workspaceId, id, content);
    });
  }

  /** @throws Problem 404, 409 for what contacts have said something about. */
  async remove(ctx: RequestContext, id: string): Promise<void> {
    await this.database.transaction(ctx, async (tx) => {
      const { key } = await this.locked(tx, ctx, id);
      await tx.savepoint(() => this.purposes.remove(tx, ctx.workspaceId, id)).catch(explain);
      await tx.run([note(ctx, 'consentPurpose.removed', id, { key })]);
    });
  }

  private async locked(
    tx: Transaction,
    ctx: RequestContext,
    id: string,
  ): Promise<ConsentPurposeDto> {
    const all = await this.purposes.lockAll(tx, ctx.workspaceId);
    const purpose = all.find((item) => item.id === id);
    if (!purpose) throw Problem.notFound('consent purpose', id);
    return purpose;
  }
}

function explain(error: unknown): never {
  if (violationOf(error)?.kind !== 'foreignKey') throw error;
  const detail =
    'Contacts have agreed to this purpose or objected to it, and that has to be known. ' +
    'Set active to false instead.';
  throw new Problem('conflict', detail, { cause: error });
}

/** The members that a body has; null is kept, for it empties. */
function withoutUndefined<T extends object>(input: T): T {
  const entries = Object.entries(input).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as T;
}

type Given = ConsentPurposeInput & Omit<PurposeContent, 'description' | 'consentText'>;

/** The content alone, with the channels in their usual order. */
const contentOf = (purpose: Given): PurposeContent => ({
  key: purpose.key,
  name: purpose.name,
  description: purpose.description ?? null,
  consentText: purpose.consentText ?? null,
  channels: CHANNELS.filter((channel) => purpose.channels.includes(channel)),
  consentNeeded: purpose.consentNeeded,
  doubleOptIn: purpose.doubleOptIn,
  active: purpose.active,
});

const note = (
  ctx: RequestContext,
  type: 'consentPurpose.created' | 'consentPurpose.changed' | 'consentPurpose.removed',
  recordId: string,
  changes: Record<string, unknown>,
) => recordEvents([eventOf(ctx, { type, object: 'consent-purposes', recordId, changes })]);
