import type { RequestContext } from '../../common/context.js';
import type { RecordJson } from '../http/answers.js';
import type { ObjectDefinition } from './object-definition.js';
import { isFailure } from './outcome.js';
import type { Outcomes } from './outcome.js';
import { RecordActor } from './record-actor.js';
import { RecordBatch } from './record-batch.js';
import type { Batch } from './record-batch.js';
import { RecordCreator } from './record-creator.js';
import { RecordDuplicates } from './record-duplicates.js';
import { RecordExporter } from './record-exporter.js';
import type { RecordKit } from './record-kit.js';
import { RecordMerger } from './record-merger.js';
import { RecordReader } from './record-reader.js';
import { RecordRemover } from './record-remover.js';
import { RecordStore } from './record-store.js';
import { RecordTimeline } from './record-timeline.js';
import { RecordUpdater } from './record-updater.js';

/** What every object's service is made of; a domain extends it with its own rules. */
export abstract class RecordService {
  readonly reader: RecordReader;
  readonly creator: RecordCreator;
  readonly updater: RecordUpdater;
  readonly remover: RecordRemover;
  readonly actor: RecordActor;
  readonly batches: RecordBatch;
  readonly merger: RecordMerger;
  readonly duplicates: RecordDuplicates;
  readonly timeline: RecordTimeline;
  readonly exporter: RecordExporter;

  protected constructor(kit: RecordKit, definition: ObjectDefinition) {
    kit.register(definition);
    const store = new RecordStore(definition);
    this.reader = new RecordReader(kit, definition);
    this.creator = new RecordCreator(kit, store);
    this.updater = new RecordUpdater(kit, store);
    this.remover = new RecordRemover(kit, store);
    this.actor = new RecordActor(kit, store);
    this.batches = new RecordBatch(kit, store, this);
    this.merger = new RecordMerger(kit, store);
    this.duplicates = new RecordDuplicates(kit, definition);
    this.timeline = new RecordTimeline(kit, definition, this.reader);
    this.exporter = new RecordExporter(kit, definition, this.reader);
  }

  /** To the bin, or for good, which needs a permission of its own. */
  async remove(
    ctx: RequestContext,
    id: string,
    purge: boolean,
    ifMatch: number | undefined,
  ): Promise<void> {
    if (purge) await this.remover.purge(ctx, id, ifMatch);
    else await this.remover.toBin(ctx, id, ifMatch);
  }

  /** A batch with the body that the API answers; records are passed on as PostgreSQL wrote them. */
  async batch(ctx: RequestContext, batch: Batch): Promise<{ json: string; failed: number }> {
    const outcomes = await this.batches.run(ctx, batch);
    return batchJson(outcomes, batch.records.length, ctx.requestId);
  }
}

function batchJson(
  outcomes: Outcomes,
  count: number,
  requestId: string,
): { json: string; failed: number } {
  const items: string[] = [];
  let failed = 0;
  for (let index = 0; index < count; index += 1) {
    const outcome = outcomes.get(index);
    if (!outcome) throw new Error(`Item ${index} of the batch has no outcome`);
    if (isFailure(outcome)) {
      failed += 1;
      const error = JSON.stringify(outcome.problem.toDocument(`/records/${index}`, requestId));
      items.push(`{"index":${index},"status":${outcome.status},"error":${error}}`);
    } else {
      items.push(itemJson(index, outcome.status, outcome.id, outcome.record));
    }
  }
  const succeeded = count - failed;
  const json = `{"results":[${items.join(',')}],"succeeded":${succeeded},"failed":${failed}}`;
  return { json, failed };
}

function itemJson(
  index: number,
  status: number,
  id: string,
  record: RecordJson | undefined,
): string {
  const body = record ? `,"record":${record.json}` : '';
  return `{"index":${index},"status":${status},"id":"${id}"${body}}`;
}
