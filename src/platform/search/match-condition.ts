import type { RequestContext } from '../../common/context.js';
import type { Database } from '../database/database.js';
import { planKeys } from './key-plan.js';
import { SAMPLE_RATE } from './keys.js';
import { parseQuery } from './search-query.js';
import type { SearchQuery } from './search-query.js';
import { TermFrequencies } from './term-frequencies.js';

/** Collects parameters; `add` returns the placeholder. */
interface ParameterList {
  add(value: unknown, cast?: string): string;
}

/** A condition over a record's row `r`, given the parameter list of its statement. */
export type MatchCondition = (params: ParameterList) => string;

/**
 * Records found above which a list looks at each of its rows rather than at each record found:
 * about where both take equally long for a page of some million rows.
 */
const COMMON = 16_000;

/**
 * The condition that a record is found by a query, for a list in any order and to any depth.
 * Asks the index first how common the query is, because reading all that a common one finds takes
 * as long as there are records, and meeting a rare one by chance does too.
 * @param object singular name, such as `contact`.
 * @param inBin whether the list is of the bin rather than of what is in use.
 */
export async function planMatch(
  database: Database,
  ctx: RequestContext,
  object: string,
  text: string,
  inBin = false,
): Promise<MatchCondition> {
  const query = parseQuery(text);
  if (!query) return () => 'false';
  // The index does not lead to the bin, which is small.
  if (inBin) return (params) => eachRow(query, object, params);
  const frequencies = TermFrequencies.of(database).get(ctx, object);
  const keys = planKeys(query, ctx.workspaceId, object, frequencies);
  const enough = Math.ceil(COMMON / SAMPLE_RATE);
  const [row] = await database.query<{ found: number }>(
    ctx,
    'select search_count_sample($1, $2::text[], $3::text[], $4::integer[], $5) as found',
    [object, query.patterns, query.initials, keys.sample, enough],
  );
  const isCommon = (row?.found ?? 0) >= enough;
  return (params) =>
    isCommon ? eachRow(query, object, params) : allFound(query, object, keys.part, params);
}

function allFound(
  query: SearchQuery,
  object: string,
  keys: readonly number[],
  params: ParameterList,
): string {
  return `r.id in (select m.record_id from search_match(${params.add(object, 'text')},
    ${params.add(query.patterns, 'text[]')}, ${params.add(query.initials, 'text[]')},
    ${params.add(keys, 'integer[]')}) m)`;
}

function eachRow(query: SearchQuery, object: string, params: ParameterList): string {
  // The offset keeps the planner from turning this into a join that reads all documents.
  return `exists (select from search_documents d where d.workspace_id = r.workspace_id
    and d.object = ${params.add(object, 'text')} and d.record_id = r.id
    and search_matches(d.body, ${params.add(query.patterns, 'text[]')},
      ${params.add(query.initials, 'text[]')}) offset 0)`;
}
