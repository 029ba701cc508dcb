import type { Redis } from 'ioredis';

/**
 * Looks an entry up and checks it in one round trip. Its stamp must be made of the era and of the
 * present generation of each tag; a generation that is missing is made up, so it never equals an
 * earlier one. Where there is no entry, the caller may get the lock to load it.
 *
 * KEYS: entry, lock, era, generation of each tag. ARGV: a value nobody has used, life of a
 * generation in ms, name of the caller's lock, life of the lock in ms.
 * Returns {1, head, body} | {2, stamp} with the lock | {0, stamp} without.
 */
const FIND = `
local stamp = redis.call('GET', KEYS[3])
if not stamp then
  stamp = ARGV[1]
  redis.call('SET', KEYS[3], stamp)
end
for i = 4, #KEYS do
  local generation = redis.call('GET', KEYS[i])
  if not generation then
    generation = ARGV[1]
    redis.call('SET', KEYS[i], generation, 'PX', ARGV[2])
  end
  stamp = stamp .. ' ' .. generation
end
local entry = redis.call('HMGET', KEYS[1], 'stamp', 'head', 'body')
if entry[1] == stamp then return {1, entry[2], entry[3]} end
if redis.call('SET', KEYS[2], ARGV[3], 'NX', 'PX', ARGV[4]) then return {2, stamp} end
return {0, stamp}
`;

/** KEYS: entry, lock. ARGV: stamp, head, body, life in ms, name of the caller's lock. */
const SAVE = `
redis.call('HSET', KEYS[1], 'stamp', ARGV[1], 'head', ARGV[2], 'body', ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
if redis.call('GET', KEYS[2]) == ARGV[5] then redis.call('DEL', KEYS[2]) end
`;

/** KEYS: lock. ARGV: name of the caller's lock. */
const UNLOCK = `
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
`;

type Argument = string | number | Buffer;

/** The scripts above as commands. */
export interface CacheCommands {
  cacheFindBuffer(keyCount: number, ...args: Argument[]): Promise<(number | Buffer)[]>;
  cacheSave(keyCount: number, ...args: Argument[]): Promise<unknown>;
  cacheUnlock(keyCount: number, ...args: Argument[]): Promise<unknown>;
}

export function withCacheCommands(redis: Redis): Redis & CacheCommands {
  redis.defineCommand('cacheFind', { lua: FIND });
  redis.defineCommand('cacheSave', { lua: SAVE });
  redis.defineCommand('cacheUnlock', { lua: UNLOCK });
  return redis as Redis & CacheCommands;
}
