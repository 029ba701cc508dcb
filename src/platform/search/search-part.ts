import type { Database } from '../database/database.js';
import type { SearchDocument } from './search-documents.js';
import type { SearchPart, SearchSource } from './search-source.js';
import { MAX_TEXT } from './search-text.js';

/** What finds the record of a part's row. */
export const partDocument = (
  { object }: SearchPart,
  recordId: string,
  text: string,
  hidden = false,
): SearchDocument => ({
  ...{ object, recordId, title: '', subtitle: '', hidden },
  texts: [text.slice(0, MAX_TEXT)],
});

interface PartRow {
  id: string;
  text: string;
  hidden: boolean;
}

/**
 * How search reads rows of a part that are queued.
 * @param owners table of the records: what is said about one in the bin is hidden with it.
 */
export function partSourceOf(database: Database, part: SearchPart, owners: string): SearchSource {
  const { object, table } = part;
  const sql = `select p.id, left(p.${part.text}, ${MAX_TEXT}) as text,
      r.deleted_at is not null as hidden
    from ${table} p join ${owners} r on r.workspace_id = $1 and r.id = p.${part.owner}
    where p.workspace_id = $1 and p.id = any($2::uuid[])`;
  return {
    ...{ object, table, isPart: true },
    async documents(scope, recordIds) {
      const params = [scope.workspaceId, recordIds];
      const rows = await database.query<PartRow>(scope, sql, params);
      return rows.map(({ id, text, hidden }) => partDocument(part, id, text, hidden));
    },
  };
}
