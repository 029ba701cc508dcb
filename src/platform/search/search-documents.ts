import type { Statement } from '../database/pipeline.js';
import { isSampled, isSparse, keyOf, keySpace, SAMPLED } from './keys.js';
import type { KeySpace } from './keys.js';
import { searchText } from './search-text.js';
import { eachTerm } from './terms.js';

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
  /** The record is in the bin: only lists of the bin find it. */
  hidden?: boolean;
}

/** Most documents one statement writes. */
export const MAX_DOCUMENTS = 1000;

const DOCUMENTS = `json_to_recordset($2::json) as n (object text, "recordId" uuid, title text,
    subtitle text, body text, keys integer[], hidden boolean, seen text)`;

const INSERT_SQL = `
  insert into search_documents
    (workspace_id, object, record_id, title, subtitle, body, keys, hidden)
  select $1::uuid, object, "recordId", title, subtitle, body, keys, hidden
  from ${DOCUMENTS}`;

const ADD_SQL = `
  insert into search_documents
    (workspace_id, object, record_id, title, subtitle, body, keys, hidden)
  values ($1, $2, $3, $4, $5, $6, $7, $8)`;

// Rewrites even what has not changed: the filler tells by it that its own reading is too old.
const INDEX_SQL = `${INSERT_SQL}
  order by object, "recordId"
  on conflict (workspace_id, object, record_id) do update
  set title = excluded.title, subtitle = excluded.subtitle, body = excluded.body,
    keys = excluded.keys, hidden = excluded.hidden, updated_at = now()`;

const SEEN_SQL = `
  select record_id as "recordId", xmin::text as seen from search_documents
  where workspace_id = $1 and object = $2 and record_id = any($3::uuid[])`;

// A document that someone has written since it was seen is newer than what the filler has read.
const REFILL_SQL = `
  update search_documents d
  set title = n.title, subtitle = n.subtitle, body = n.body, keys = n.keys, hidden = n.hidden,
    updated_at = now()
  from ${DOCUMENTS}
  where d.workspace_id = $1 and d.object = n.object and d.record_id = n."recordId"
    and d.xmin::text = n.seen
    and (d.title, d.subtitle, d.body, d.keys, d.hidden)
      <> (n.title, n.subtitle, n.body, n.keys, n.hidden)`;

const FILL_SQL = `${INSERT_SQL}
  order by object, "recordId"
  on conflict (workspace_id, object, record_id) do nothing`;

const REMOVE_SEEN_SQL = `
  delete from search_documents d
  using json_to_recordset($3::json) as n ("recordId" uuid, seen text)
  where d.workspace_id = $1 and d.object = $2 and d.record_id = n."recordId"
    and d.xmin::text = n.seen`;

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

/**
 * The statement that makes records findable that are made in the same transaction.
 * @param documents 1 to {@link MAX_DOCUMENTS}, each record once.
 */
export function addDocuments(workspaceId: string, documents: readonly SearchDocument[]): Statement {
  const rows = rowsOf(workspaceId, documents);
  const [row] = rows;
  if (!row || rows.length > 1) {
    return { text: INSERT_SQL, params: [workspaceId, JSON.stringify(rows)] };
  }
  const { object, recordId, title, subtitle, body, keys, hidden } = row;
  return {
    text: ADD_SQL,
    params: [workspaceId, object, recordId, title, subtitle, body, keys, hidden],
  };
}

/** The statement that takes records out of the search. */
export function removeDocuments(
  workspaceId: string,
  object: string,
  recordIds: readonly string[],
): Statement {
  return { text: REMOVE_SQL, params: [workspaceId, object, recordIds] };
}

/** A document as somebody saw it: `seen` differs after every write of it. */
export interface SeenDocument {
  recordId: string;
  seen: string;
}

/** The statement that tells which documents there are: rows of {@link SeenDocument}. */
export function seeDocuments(
  workspaceId: string,
  object: string,
  recordIds: readonly string[],
): Statement {
  return { text: SEEN_SQL, params: [workspaceId, object, recordIds] };
}

/**
 * The statements that index what has been read without locking the records: documents written or
 * removed since they were seen stay as they are.
 * @param seen what {@link seeDocuments} told before the records were read; those among them that
 * are not in `documents` are removed.
 */
export function fillDocuments(
  workspaceId: string,
  object: string,
  documents: readonly SearchDocument[],
  seen: readonly SeenDocument[],
): Statement[] {
  const left = new Map(seen.map((document) => [document.recordId, document]));
  // In the order of ids, like every other write, so that two do not wait for each other.
  const inOrder = documents.toSorted((one, other) => (one.recordId < other.recordId ? -1 : 1));
  const rows = rowsOf(workspaceId, inOrder).map((row) => {
    const found = left.get(row.recordId)?.seen ?? null;
    left.delete(row.recordId);
    return { ...row, seen: found };
  });
  const known = rows.filter((row) => row.seen !== null);
  const unknown = rows.filter((row) => row.seen === null);
  const gone = [...left.values()];
  const statement = (text: string, list: readonly object[], ...given: string[]): Statement[] =>
    list.length === 0 ? [] : [{ text, params: [workspaceId, ...given, JSON.stringify(list)] }];
  return [
    ...statement(REFILL_SQL, known),
    ...statement(FILL_SQL, unknown),
    ...statement(REMOVE_SEEN_SQL, gone, object),
  ];
}

/** A document as its table has it. */
interface DocumentRow {
  object: string;
  recordId: string;
  title: string;
  subtitle: string;
  body: string;
  /** As PostgreSQL writes arrays, which it reads in half the time that JSON's take. */
  keys: string;
  hidden: boolean;
}

/** @throws RangeError for more than {@link MAX_DOCUMENTS}. */
function rowsOf(workspaceId: string, documents: readonly SearchDocument[]): DocumentRow[] {
  if (documents.length > MAX_DOCUMENTS) {
    throw new RangeError(`One statement indexes at most ${MAX_DOCUMENTS} documents`);
  }
  const spaces = new Map<string, KeySpace>();
  return documents.map(({ object, recordId, title, subtitle, texts, hidden = false }) => {
    let space = spaces.get(object);
    if (!space) spaces.set(object, (space = keySpace(workspaceId, object)));
    const body = searchText(title, texts);
    const keys = `{${hidden ? '' : keysOf(body, recordId, space).join()}}`;
    return { object, recordId, title, subtitle, body, keys, hidden };
  });
}

function keysOf(body: string, recordId: string, space: KeySpace): number[] {
  const keys = new Set<number>();
  eachTerm(body, (term) => keys.add(keyOf(space.all, term)));
  if (isSampled(recordId)) {
    keys.add(keyOf(space.sample, SAMPLED));
    eachTerm(body, (term) => keys.add(keyOf(space.sample, term)));
  }
  if (isSparse(recordId)) eachTerm(body, (term) => keys.add(keyOf(space.sparse, term)));
  return [...keys];
}
