import type { RequestContext } from '../../common/context.js';
import type { Database } from '../database/database.js';
import { planKeys } from './key-plan.js';
import { SAMPLE_RATE, SPARSE_RATE } from './keys.js';
import { parseQuery } from './search-query.js';
import type { SearchQuery } from './search-query.js';
import type { SearchPart } from './search-source.js';
import { TermFrequencies } from './term-frequencies.js';

/** Collects parameters; `add` returns the placeholder. */
interface ParameterList {
  add(value: unknown, cast?: string): string;
}

/** A condition over a record's row `r`, given the parameter list of its statement. */
export type MatchCondition = (params: ParameterList) => string;

/** How a statement meets the records that a query finds. */
export interface Match {
  condition: MatchCondition;
  /**
   * Given when the words are common, so that `condition` looks at each row of the statement: the
   * same by all that is found, for when those rows turn out to be others.
   */
  byAll?: MatchCondition;
}

/**
 * Records found above which a list looks at each of its rows rather than at each record found:
 * about where both take equally long for a page of some million rows.
 */
const COMMON = 16_000;

/** Those of the sample that make a query common, and those of the sparse one that do so for sure. */
const ENOUGH = Math.ceil(COMMON / SAMPLE_RATE);
const PLENTY = Math.ceil((4 * COMMON) / SPARSE_RATE);

/** How many are found in the sample; in millions of documents the sparse one tells it sooner. */
const COUNT_SQL = `
  select case when search_count_sample($1, $2::text[], $3::text[], $4::integer[], ${PLENTY}) >= ${PLENTY}
    then ${ENOUGH}
    else search_count_sample($1, $2::text[], $3::text[], $5::integer[], ${ENOUGH}) end as found`;

/**
 * How a record is found by a query, for a list in any order and to any depth.
 * Asks the index first how common the query is, because reading all that a common one finds takes
 * as long as there are records, and meeting a rare one by chance does too.
 * @param object singular name, such as `contact`.
 * @param options `inBin`: the list is of the bin rather than of what is in use; `part`: what finds
 * the object's records besides their own words.
 */
export async function planMatch(
  database: Database,
  ctx: RequestContext,
  object: string,
  text: string,
  { inBin = false, part }: { inBin?: boolean; part?: SearchPart } = {},
): Promise<Match> {
  const query = parseQuery(text);
  if (!query) return { condition: () => 'false' };
  const byRow: MatchCondition = (params) => eachRow(query, object, part, params);
  // The index does not lead to the bin, which is small.
  if (inBin) return { condition: byRow };
  const objects = part ? [object, part.object] : [object];
  const plans = objects.map((name) => {
    const frequencies = TermFrequencies.of(database).get(ctx, name);
    return { name, keys: planKeys(query, ctx.workspaceId, name, frequencies) };
  });
  const counts = await database.run(
    ctx,
    plans.map(({ name, keys }) => ({
      text: COUNT_SQL,
      params: [name, query.patterns, query.initials, keys.sparse, keys.sample],
    })),
  );
  const isCommon = counts.some(({ rows }) => Number(rows[0]?.['found'] ?? 0) >= ENOUGH);
  const ways = plans.map(({ name, keys }) => ({ name, keys: keys.part }));
  const byAll: MatchCondition = (params) => allFound(query, ctx.workspaceId, ways, part, params);
  return isCommon ? { condition: byRow, byAll } : { condition: byAll };
}

/** @param ways that of the object, then that of its part. */
function allFound(
  query: SearchQuery,
  workspaceId: string,
  ways: readonly { name: string; keys: readonly number[] }[],
  part: SearchPart | undefined,
  params: ParameterList,
): string {
  const [patterns, initials] = patternsOf(query, params);
  const [own = '', parts] = ways.map(
    ({ name, keys }) =>
      `search_match(${params.add(name, 'text')}, ${patterns}, ${initials},
        ${params.add(keys, 'integer[]')}) m`,
  );
  const besides =
    part && parts
      ? `union all select p.${part.owner} from ${parts}
        join ${part.table} p on p.workspace_id = ${params.add(workspaceId, 'uuid')}
          and p.id = m.record_id`
      : '';
  return `r.id in (select m.record_id from ${own} ${besides})`;
}

function eachRow(
  query: SearchQuery,
  object: string,
  part: SearchPart | undefined,
  params: ParameterList,
): string {
  const [patterns, initials] = patternsOf(query, params);
  const matches = (name: string, id: string): string => `d.workspace_id = r.workspace_id
    and d.object = ${params.add(name, 'text')} and d.record_id = ${id}
    and search_matches(d.body, ${patterns}, ${initials}) offset 0`;
  // The offset keeps the planner from turning this into a join that reads all documents.
  const own = `exists (select from search_documents d where ${matches(object, 'r.id')})`;
  if (!part) return own;
  return `(${own} or exists (select from ${part.table} p
    cross join lateral (select from search_documents d where ${matches(part.object, 'p.id')}) d
    where p.workspace_id = r.workspace_id and p.${part.owner} = r.id offset 0))`;
}

const patternsOf = (query: SearchQuery, params: ParameterList): [string, string] => [
  params.add(query.patterns, 'text[]'),
  params.add(query.initials, 'text[]'),
];
