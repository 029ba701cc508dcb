import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database.js';
import type { Transaction } from '../../../platform/database/transaction.js';
import { HandlesJob } from '../../../platform/queue/handles-job.js';
import type { RunningJob } from '../../../platform/queue/handles-job.js';
import type { NoData } from '../../../platform/queue/job-contract.js';
import type { ObjectDefinition } from '../../../platform/records/object-definition.js';
import { RecordKit } from '../../../platform/records/record-kit.js';
import { draftOf } from '../../../platform/records/record-rules.js';
import { changesBetween } from '../../../platform/records/record-row.js';
import { RecordStore } from '../../../platform/records/record-store.js';
import { saveChanges } from '../../../platform/records/save-changes.js';
import { slaContext } from '../clocks/sla-context.js';
import { SlaKeeper } from '../clocks/sla-keeper.js';
import { BATCH, openTickets } from '../firing/firing.repository.js';
import { ApplySlaPolicies } from './apply-policies.job.js';

interface Place {
  createdAt: string;
  id: string;
}

/**
 * Has open tickets go by a policy that was made, changed or removed: a holiday that was entered
 * counts for what is promised already. Each step is a transaction; as it brings tickets to where
 * they have to be, whoever begins again after a death does no harm.
 */
@Injectable()
export class PolicyApplier {
  constructor(
    private readonly database: Database,
    private readonly kit: RecordKit,
    private readonly keeper: SlaKeeper,
  ) {}

  @HandlesJob(ApplySlaPolicies)
  async run({
    workspaceId,
    signal,
  }: Pick<RunningJob<NoData>, 'workspaceId' | 'signal'>): Promise<void> {
    let place: Place | null = null;
    do {
      signal.throwIfAborted();
      place = await this.step(workspaceId ?? '', place);
    } while (place !== null);
  }

  /** Looks after the next tickets; null when there are no more. */
  private async step(workspaceId: string, after: Place | null): Promise<Place | null> {
    const next = openTickets(workspaceId, after);
    const [found] = await this.database.run({ workspaceId }, [next]);
    const places = (found?.rows ?? []) as unknown as Place[];
    if (places.length === 0) return null;
    const ids = places.map(({ id }) => id);
    await this.database.transaction({ workspaceId }, (tx) => this.apply(tx, workspaceId, ids));
    return places.length < BATCH ? null : (places.at(-1) ?? null);
  }

  private async apply(tx: Transaction, workspaceId: string, ids: readonly string[]): Promise<void> {
    const ctx = slaContext(workspaceId, tx);
    const definition = this.kit.get('ticket') as ObjectDefinition;
    const store = new RecordStore(definition);
    const rows = [...(await store.lock(tx, ctx, ids)).values()];
    // What was closed or thrown away since is over.
    const open = rows.filter(({ deletedAt, values }) => deletedAt === null && values['is_open']);
    const drafts = open.map((row) => draftOf(row, { ...row, values: { ...row.values } }, ''));
    await this.keeper.follow(tx, ctx, drafts);
    const looked = open.map((before, index) => {
      const { after } = drafts[index] as (typeof drafts)[number];
      return { before, after, changes: changesBetween(definition, before, after) };
    });
    const isChanged = ({ changes }: (typeof looked)[number]) => Object.keys(changes).length > 0;
    const statements = this.keeper.sides(
      ctx,
      looked.filter((ticket) => !isChanged(ticket)),
    );
    if (statements.length > 0) await tx.run(statements);
    const changed = looked.filter(isChanged);
    if (changed.length === 0) return;
    const settings = await this.kit.settings.of(ctx, definition);
    await saveChanges(store, tx, ctx, changed, settings, 'updated');
  }
}
