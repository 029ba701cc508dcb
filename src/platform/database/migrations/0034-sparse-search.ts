import { Migration } from '@mikro-orm/migrations';
import { DEFINER, having, HIT, TITLE, WORKSPACE } from './search-sql.js';

/**
 * A second, sparser sample of the search documents: one in 4,096. Processes of the version before
 * go on with the function they know, which stays beside the new one.
 */
export class M0034SparseSearch extends Migration {
  override up(): void {
    this.addSql(FIND);
    this.addSql(CANDIDATES);
    this.addSql(`
      grant create on schema public to keel_search;
      alter function ${SIGNATURE} owner to keel_search;
      alter function search_sparse_candidates() owner to keel_search;
      revoke create on schema public from keel_search;
      revoke all on function ${SIGNATURE} from public;
      grant execute on function ${SIGNATURE} to keel_app;`);
    this.addSql("select set_config('app.system', 'on', true)");
    this.addSql(BACKLOG);
    this.addSql("select set_config('app.system', '', true)");
    this.addSql('drop function search_sparse_candidates()');
  }
}

/**
 * The best hits of one object. Titles that begin with the query come from an ordered index; other
 * candidates from the sparse sample, or when that holds too few from the sample, which bound the
 * work for common words; and when that holds too few from all documents, of which there cannot be
 * many then: those with words that begin so, then those with the words as parts.
 * p_title: the query as titles are compared; p_raw: as other values are; p_words: its words;
 * p_like, p_initials: see search_matches; p_sparse, p_sample, p_beginning, p_part: keys of its terms;
 * p_few: how many hits are too few, so that words that begin so are looked for in all documents;
 * p_fewer: the same for words as parts.
 */
const FIND = `
  create function search_find(p_object text, p_title text, p_raw text, p_words text[],
    p_like text[], p_initials text[], p_sparse integer[], p_sample integer[],
    p_beginning integer[], p_part integer[], p_few integer, p_fewer integer, p_limit integer)
  returns table (record_id uuid, title text, subtitle text, score real)
  rows 20
  ${DEFINER} as $$
  #variable_conflict use_column
  declare
    ${WORKSPACE}
    v_from constant text collate "C" := left(p_title, 40);
    v_to constant text collate "C" := left(p_title, 40) || chr(1114111);
    v_whole constant text[] := array(select '% ' || word || ' %' from unnest(p_words) word);
    v_start constant text[] := array(select '% ' || word || '%' from unnest(p_words) word);
    v_part constant text[] := array(select '%' || word || '%' from unnest(p_words) word);
    v_candidates constant integer := greatest(64, p_limit);
    v_enough constant integer := greatest(32, p_limit);
  begin
    return query
    with titled as materialized (
      select ${HIT} from search_documents d
      where d.workspace_id = v_workspace and d.object = p_object and not d.hidden
        and ${TITLE} >= v_from and ${TITLE} < v_to and starts_with(d.body, p_title)
      order by ${TITLE}
      limit p_limit
    ), sparse as materialized (
      select ${HIT} from ${having('p_sparse')} and not starts_with(d.body, p_title)
      limit case when (select count(*) from titled) < p_limit then v_candidates else 0 end
    ), sampled as materialized (
      select ${HIT} from ${having('p_sample')} and not starts_with(d.body, p_title)
      limit case when (select count(*) from titled) < p_limit
        and (select count(*) from sparse) < v_enough then v_candidates else 0 end
    ), begun as materialized (
      select ${HIT} from ${having('p_beginning')} and not starts_with(d.body, p_title)
      limit case when (select count(*) from titled)
          + greatest((select count(*) from sparse), (select count(*) from sampled)) < p_few
        then v_candidates else 0 end
    ), parted as materialized (
      select ${HIT} from ${having('p_part')} and not starts_with(d.body, p_title)
      limit case when (select count(*) from titled)
          + greatest((select count(*) from sparse), (select count(*) from sampled),
            (select count(*) from begun)) < p_fewer
        then v_candidates else 0 end
    ), hits as (
      select * from titled union select * from sparse union select * from sampled
      union select * from begun union select * from parted
    )
    select h.record_id, h.title, h.subtitle,
      search_score(h.body, p_title, p_raw, v_whole, v_start, v_part) as score
    from hits h
    order by score desc, h.updated_at desc, h.record_id desc
    limit p_limit;
  end $$`;

const SIGNATURE =
  'search_find(text, text, text, text[], text[], text[], integer[], integer[], integer[], integer[], integer, integer, integer)';

/**
 * Has those indexed again that may be in the sparse sample: their ids end so. Reads as the role
 * that sees all documents, so that no lock keeps others from them.
 */
const BACKLOG = `
  insert into search_queue (workspace_id, object, record_ids)
  select workspace_id, object, array_agg(record_id) from (
    select workspace_id, object, record_id,
      (row_number() over (partition by workspace_id, object order by record_id) - 1) / 1000 as portion
    from search_sparse_candidates()) c
  group by workspace_id, object, portion;`;

const CANDIDATES = `
  create function search_sparse_candidates()
  returns table (workspace_id uuid, object text, record_id uuid)
  language sql stable security definer set search_path = public, pg_temp as $$
    select d.workspace_id, d.object, d.record_id from search_documents d
    where right(d.record_id::text, 2) in ('00', '40', '80', 'c0')
  $$;`;
