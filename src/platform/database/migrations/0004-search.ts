import { Migration } from '@mikro-orm/migrations';
import { lockToWorkspace } from './row-security.js';
import { DEFINER, having, HIT, TITLE, WORKSPACE } from './search-sql.js';

/** Search documents, the functions that search them, and the queue of records to index. */
export class M0004Search extends Migration {
  override up(): void {
    this.documents();
    this.role();
    this.functions();
    this.queue();
  }

  private documents(): void {
    // Changes wait in a list and are merged into the index many at a time: a quarter of the work.
    // A search reads that list besides; the worker merges it whenever it is idle, the limit (kB)
    // bounds it meanwhile.
    this.addSql(`
      create table search_documents (
        workspace_id uuid not null,
        object text not null,
        record_id uuid not null,
        title text not null,
        subtitle text not null,
        body text collate "C" not null,
        keys integer[] not null,
        hidden boolean not null default false,
        updated_at timestamptz(3) not null default now(),
        primary key (workspace_id, object, record_id)
      );
      create index search_documents_title on search_documents
        (workspace_id, object, (${TITLE})) where not hidden;
      create index search_documents_keys on search_documents using gin (keys)
        with (fastupdate = on, gin_pending_list_limit = 4096);
      ${lockToWorkspace('search_documents')}`);
  }

  /**
   * Array containment is not leakproof: under row level security no index serves it. So searches
   * run as a role that sees all documents and can do nothing else, inside functions that name the
   * workspace themselves.
   */
  private role(): void {
    this.addSql(`
      do $$ begin
        if not exists (select from pg_roles where rolname = 'keel_search') then
          create role keel_search nologin;
        end if;
      exception when duplicate_object or unique_violation then null; -- another database's migration won
      end $$;
      do $$ begin
        if not pg_has_role(current_user, 'keel_search', 'usage') then
          execute format('grant keel_search to %I', current_user);
        end if;
      end $$;
      grant usage on schema public to keel_search;
      grant select on search_documents to keel_search;
      create policy search_documents_search on search_documents for select to keel_search
        using (true);`);
  }

  private functions(): void {
    this.addSql(MATCHES);
    this.addSql(SCORE);
    this.addSql(FIND);
    this.addSql(MATCH);
    this.addSql(COUNT_SAMPLE);
    this.addSql(FREQUENCIES);
    this.addSql(MERGE);
    this.addSql('grant create on schema public to keel_search');
    for (const signature of SIGNATURES) {
      this.addSql(`
        alter function ${signature} owner to keel_search;
        revoke all on function ${signature} from public;
        grant execute on function ${signature} to keel_app`);
    }
    this.addSql('revoke create on schema public from keel_search');
  }

  private queue(): void {
    this.addSql(`
      create table search_queue (
        workspace_id uuid not null,
        id bigint not null generated always as identity,
        object text not null,
        record_ids uuid[] not null,
        queued_at timestamptz(3) not null default now(),
        primary key (workspace_id, id)
      );
      create index search_queue_order on search_queue (id);
      ${lockToWorkspace('search_queue', { system: true })}`);
  }
}

/** Whether a text has what a query asks for: `p_like` anywhere, `p_initials` in its title. */
const MATCHES = `
  create function search_matches(p_body text, p_like text[], p_initials text[])
  returns boolean language sql immutable parallel safe as $$
    select p_body like all (p_like) and ' ' || split_part(p_body, E'\\n', 1) like all (p_initials)
  $$`;

/**
 * How well a text answers a query, 0 to 1: the whole title, another whole value, the beginning of
 * the title, its words, the beginnings of its words, parts of it, anything else.
 */
const SCORE = `
  create function search_score(p_body text, p_title text, p_raw text,
    p_whole text[], p_start text[], p_part text[])
  returns real language sql immutable parallel safe as $$
    select (case
      when starts_with(p_body, p_title || E'\\n') then 1
      when strpos(p_body, E'\\n' || p_raw || E'\\n') > 0 then 0.95
      when starts_with(p_body, p_title) then 0.9
      when ' ' || split_part(p_body, E'\\n', 1) || ' ' like all (p_whole) then 0.8
      when ' ' || split_part(p_body, E'\\n', 1) like all (p_start) then 0.7
      when split_part(p_body, E'\\n', 1) like all (p_part) then 0.5
      else 0.3
    end)::real
  $$`;

/**
 * The best hits of one object. Titles that begin with the query come from an ordered index; other
 * candidates from the sample, which bounds the work for common words; and when that holds too few
 * from all documents, of which there cannot be many then: those with words that begin so, then
 * those with the words as parts.
 * p_title: the query as titles are compared; p_raw: as other values are; p_words: its words;
 * p_like, p_initials: see search_matches; p_sample, p_beginning, p_part: keys of its terms;
 * p_few: how many hits are too few, so that words that begin so are looked for in all documents;
 * p_fewer: the same for words as parts.
 */
const FIND = `
  create function search_find(p_object text, p_title text, p_raw text, p_words text[],
    p_like text[], p_initials text[], p_sample integer[], p_beginning integer[],
    p_part integer[], p_few integer, p_fewer integer, p_limit integer)
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
  begin
    return query
    with titled as materialized (
      select ${HIT} from search_documents d
      where d.workspace_id = v_workspace and d.object = p_object and not d.hidden
        and ${TITLE} >= v_from and ${TITLE} < v_to and starts_with(d.body, p_title)
      order by ${TITLE}
      limit p_limit
    ), sampled as materialized (
      select ${HIT} from ${having('p_sample')} and not starts_with(d.body, p_title)
      limit case when (select count(*) from titled) < p_limit then v_candidates else 0 end
    ), begun as materialized (
      select ${HIT} from ${having('p_beginning')} and not starts_with(d.body, p_title)
      limit case when (select count(*) from titled) + (select count(*) from sampled) < p_few
        then v_candidates else 0 end
    ), parted as materialized (
      select ${HIT} from ${having('p_part')} and not starts_with(d.body, p_title)
      limit case when (select count(*) from titled)
          + greatest((select count(*) from sampled), (select count(*) from begun)) < p_fewer
        then v_candidates else 0 end
    ), hits as (
      select * from titled union select * from sampled
      union select * from begun union select * from parted
    )
    select h.record_id, h.title, h.subtitle,
      search_score(h.body, p_title, p_raw, v_whole, v_start, v_part) as score
    from hits h
    order by score desc, h.updated_at desc, h.record_id desc
    limit p_limit;
  end $$`;

/** Every record of one object that the query finds. */
const MATCH = `
  create function search_match(p_object text, p_like text[], p_initials text[], p_keys integer[])
  returns table (record_id uuid)
  ${DEFINER} as $$
  #variable_conflict use_column
  declare ${WORKSPACE}
  begin
    return query select d.record_id from ${having('p_keys')};
  end $$`;

/** How many documents of the sample the query finds, counted up to a limit. */
const COUNT_SAMPLE = `
  create function search_count_sample(p_object text, p_like text[], p_initials text[],
    p_sample integer[], p_limit integer)
  returns integer
  ${DEFINER} as $$
  declare ${WORKSPACE}
  begin
    return (select count(*) from (select from ${having('p_sample')} limit p_limit) found);
  end $$`;

/** Merges waiting changes into the index; runs as the owner of the index, who alone may. */
const MERGE = `
  create function search_merge() returns bigint
  language sql volatile security definer set search_path = public, pg_temp as $$
    select gin_clean_pending_list('search_documents_keys')
  $$;
  revoke all on function search_merge from public;
  grant execute on function search_merge to keel_app;`;

/** How many of the first documents of the sample have each key, of keys that many have. */
const FREQUENCIES = `
  create function search_frequencies(p_object text, p_sample integer[], p_limit integer)
  returns table (key integer, documents bigint, total bigint)
  ${DEFINER} as $$
  #variable_conflict use_column
  declare
    ${WORKSPACE}
    p_like constant text[] := '{}';
    p_initials constant text[] := '{}';
  begin
    return query
    with drawn as materialized (select d.keys from ${having('p_sample')} limit p_limit)
    select k.key, count(*), (select count(*) from drawn)
    from drawn, unnest(drawn.keys) as k (key)
    group by k.key having count(*) * 200 >= (select count(*) from drawn);
  end $$`;

const SIGNATURES = [
  'search_find(text, text, text, text[], text[], text[], integer[], integer[], integer[], integer, integer, integer)',
  'search_match(text, text[], text[], integer[])',
  'search_count_sample(text, text[], text[], integer[], integer)',
  'search_frequencies(text, integer[], integer)',
];
