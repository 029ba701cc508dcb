import type { Statement } from '../../platform/database/pipeline.js';

/**
 * What the statements of a report run with, for their transaction alone. Memory to sort and hash in:
 * groups are made there and not on disk. And plans of their own: one made for any days and any
 * people is a bad one for a whole year.
 */
export const ROOM: Statement = {
  text: `select set_config('work_mem', '64MB', true),
    set_config('plan_cache_mode', 'force_custom_plan', true)`,
};
