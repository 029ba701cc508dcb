import type { Statement } from '../database/pipeline.js';
import { isSampled, keyOf, keySpace } from './keys.js';
import type { KeySpace } from './keys.js';
import { eachTerm, searchText, wordsOf } from './terms.js';

/** What a record can be found by, and how an answer shows it. */
export interface SearchDocument {
  /** Singular name of the object, as in its permissions: `contact`. */
  object: string;
  recordId: string;
  /** The record's name; the first thing compared when answers are ranked. */
  title: string;
  /** Shown below the title, not searched. */
  subtitle: string;
  /** Further values to find it by: e-mail, domain, phones (E.164 and as given), company name. */
  texts: readonly string[];
}

/** Most documents one statement writes. */
export const MAX_DOCUMENTS = 1000;

const DOCUMENTS = `json_to_recordset($2::json) as n (object text, "recordId" uuid, title text,
    subtitle text, body text, keys integer[])`;

// Rewrites even what has not changed: the filler tells by it that its own reading is too old.
const INDEX_SQL = `
  insert into search_documents (workspace_id, object, record_id, title, subtitle, body, keys)
  select $1::uuid, object, "recordId", title, subtitle, body, keys
  from ${DOCUMENTS}
  order by object, "recordId"
  on conflict (workspace_id, object, record_id) do update
  set title = excluded.title, subtitle = excluded.subtitle, body = excluded.body,
    keys = excluded.keys, updated_at = now()`;

const REMOVE_SQL = `
  delete from search_documents
  where workspace_id = $1 and object = $2 and record_id = any($3::uuid[])`;

/**
 * The statement that makes records findable, as part of the write that changes them: it must run
 * in the transaction that holds their row locks.
 * @param documents 1 to {@link MAX_DOCUMENTS}, each record once.
 */
export function indexDocuments(
  workspaceId: string,
  documents: readonly SearchDocument[],
): Statement {
  return { text: INDEX_SQL, params: [workspaceId, JSON.stringify(rowsOf(workspaceId, documents))] };
}

/** The statement that takes records out of the search. */
export function removeDocuments(
  workspaceId: string,
  object: string,
  recordIds: readonly string[],
): Statement {
  return { text: REMOVE_SQL, params: [workspaceId, object, recordIds] };
}

/** A document as its table has it. */
export interface DocumentRow {
  object: string;
  recordId: string;
  title: string;
  subtitle: string;
  body: string;
  keys: number[];
}

/** @throws RangeError for more than {@link MAX_DOCUMENTS}. */
export function rowsOf(workspaceId: string, documents: readonly SearchDocument[]): DocumentRow[] {
  if (documents.length > MAX_DOCUMENTS) {
    throw new RangeError(`One statement indexes at most ${MAX_DOCUMENTS} documents`);
  }
  const spaces = new Map<string, KeySpace>();
  return documents.map(({ object, recordId, title, subtitle, texts }) => {
    let space = spaces.get(object);
    if (!space) spaces.set(object, (space = keySpace(workspaceId, object)));
    const body = searchText(title, texts);
    return { object, recordId, title, subtitle, body, keys: keysOf(body, recordId, space) };
  });
}

function keysOf(body: string, recordId: string, space: KeySpace): number[] {
  const keys = new Set<number>();
  const sampled = isSampled(recordId);
  for (const word of wordsOf(body)) {
    eachTerm(word, (term) => {
      keys.add(keyOf(space.all, term));
      if (sampled) keys.add(keyOf(space.sample, term));
    });
  }
  return [...keys];
}
