// What functions over search documents share. Migrations that have run were made of it: it stays.

/** The title of a document's text, as far as titles are in order. */
export const TITLE = String.raw`left(split_part(body, E'\n', 1), 40)`;

/**
 * How all of them run: as keel_search, by plans made once that cannot fall back to reading the
 * whole table when the planner thinks a word common.
 */
export const DEFINER = `language plpgsql stable security definer
  set search_path = public, pg_temp
  set plan_cache_mode = force_generic_plan
  set enable_seqscan = off
  set jit = off`;

export const WORKSPACE = `v_workspace constant uuid := nullif(current_setting('app.workspace', true), '')::uuid;`;

/** Documents that have all keys; the fence keeps the planner from starting at the workspace. */
export const having = (keys: string): string => `
  (select k.* from search_documents k where k.keys @> ${keys} offset 0) d
  where d.workspace_id = v_workspace and d.object = p_object
    and search_matches(d.body, p_like, p_initials)`;

export const HIT = 'd.record_id, d.title, d.subtitle, d.body, d.updated_at';
