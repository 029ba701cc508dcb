import type { Statement } from '../database/pipeline.js';
import { MAX_DOCUMENTS } from './search-documents.js';

const QUEUE_SQL = `
  insert into search_queue (workspace_id, object, record_ids, queued_at)
  select $1::uuid, $2, $3::uuid[], clock_timestamp() where cardinality($3::uuid[]) > 0`;

/**
 * The statement by which a bulk write asks for its records to be indexed behind it, within
 * seconds of the commit.
 * @param object singular name, such as `contact`.
 * @param recordIds up to 1,000: created, changed or deleted.
 */
export function queueDocuments(
  workspaceId: string,
  object: string,
  recordIds: readonly string[],
): Statement {
  if (recordIds.length > MAX_DOCUMENTS) {
    throw new RangeError(`One statement queues at most ${MAX_DOCUMENTS} records`);
  }
  return { text: QUEUE_SQL, params: [workspaceId, object, recordIds] };
}
