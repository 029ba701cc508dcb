import { randomBytes } from 'node:crypto';
import { OperatorError } from '../../common/operator-error.js';
import { Refusal } from '../api-client.js';
import type { ApiClient } from '../api-client.js';
import { CATEGORIES } from './catalogue.js';
import type { SeedPlan } from './plan.js';
import { MARK, markOf } from './seed-run.js';
import { TEAMS } from './staff.js';
import type { Team, User } from './staff.js';

/** Ids of what was made before files name it. */
export interface House {
  users: ReadonlyMap<string, string>;
  teams: ReadonlyMap<string, string>;
}

interface BatchResult {
  failed: number;
  results: { id?: string; error?: { detail: string } }[];
}

/** Makes users, teams and the shelves of the catalogue, as far as they are not there. */
export async function openHouse(api: ApiClient, plan: SeedPlan): Promise<House> {
  const teams = new Map<string, string>();
  // The team of all of them is the first thing there is: it tells which run this is.
  for (const level of levelsOf(TEAMS, ({ id, parent }) => [id, parent])) {
    const records = level.map((team) => teamOf(team, teams, plan));
    await upsert(
      api,
      'teams',
      records,
      level.map(({ id }) => id),
      teams,
    );
  }
  const users = await hire(api, plan.staff.users);
  for (const user of plan.staff.users) {
    const path = `/v1/teams/${teams.get(user.team)}/members/${users.get(user.email)}`;
    const role = user.isManager ? 'manager' : 'member';
    await api.request(path, { method: 'PUT', json: { role } });
  }
  await nameManagers(api, plan, { users, teams });
  await fillShelves(api);
  console.log(`${teams.size} teams, ${users.size} users, ${CATEGORIES.length} product categories`);
  return { users, teams };
}

function teamOf(team: Team, teams: ReadonlyMap<string, string>, plan: SeedPlan): object {
  const mark = team.parent === null ? { [MARK]: markOf(plan.run) } : {};
  return {
    ...{ name: team.name, description: team.description },
    ...(team.parent === null ? {} : { parentTeamId: teams.get(team.parent) }),
    externalIds: { seed: `team-${team.id}`, ...mark },
  };
}

async function nameManagers(
  api: ApiClient,
  plan: SeedPlan,
  { users, teams }: House,
): Promise<void> {
  const managers = plan.staff.users.filter(({ isManager }) => isManager);
  const records = managers.map(({ team, email }) => ({
    externalIds: { seed: `team-${team}` },
    name: TEAMS.find(({ id }) => id === team)?.name,
    managerId: users.get(email),
  }));
  await upsert(
    api,
    'teams',
    records,
    managers.map(({ team }) => team),
    new Map(teams),
  );
}

async function fillShelves(api: ApiClient): Promise<void> {
  const ids = new Map<string, string>();
  for (const level of levelsOf(CATEGORIES, ({ code, parent }) => [code, parent])) {
    const records = level.map(({ code, name, parent }) => ({
      ...{ code, name },
      ...(parent === null ? {} : { parentId: ids.get(parent) }),
      externalIds: { seed: `category-${code}` },
    }));
    await upsert(
      api,
      'product-categories',
      records,
      level.map(({ code }) => code),
      ids,
    );
  }
}

/** Users are there to own records: nobody knows their passwords, an administrator can set one. */
async function hire(api: ApiClient, staff: readonly User[]): Promise<Map<string, string>> {
  const ids = await usersByEmail(api);
  for (const { email, name, isManager, language, timeZone } of staff) {
    if (ids.has(email)) continue;
    const id = await addUser(api, { email, name, roles: [isManager ? 'manager' : 'member'] });
    const profile = { language, timeZone };
    await api.request(`/v1/users/${id}`, { method: 'PATCH', json: profile });
    ids.set(email, id);
  }
  return new Map(staff.map(({ email }) => [email, ids.get(email) as string]));
}

/** @returns the id. Whoever has been seeded into another workspace before is invited. */
async function addUser(api: ApiClient, user: object): Promise<string> {
  const add = (json: object) => api.json<{ id: string }>('/v1/users', { method: 'POST', json });
  try {
    return (await add({ ...user, password: randomBytes(24).toString('base64url') })).id;
  } catch (error) {
    if (!(error instanceof Refusal) || (error.status !== 409 && error.status !== 422)) throw error;
    return (await add(user)).id;
  }
}

async function usersByEmail(api: ApiClient): Promise<Map<string, string>> {
  const ids = new Map<string, string>();
  for await (const { email, id } of pages<{ email: string; id: string }>(api, '/v1/users')) {
    ids.set(email, id);
  }
  return ids;
}

interface Page<T> {
  data: T[];
  page: { nextCursor: string | null };
}

/** All of a list, page by page. */
export async function* pages<T>(api: ApiClient, path: string): AsyncGenerator<T> {
  for (let cursor: string | null = ''; cursor !== null;) {
    const at: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const answer: Page<T> = await api.json<Page<T>>(`${path}?limit=200${at}`);
    yield* answer.data;
    cursor = answer.page.nextCursor;
  }
}

/** Those without a parent, then theirs, and so on. */
function levelsOf<T>(all: readonly T[], read: (item: T) => [string, string | null]): T[][] {
  const levels: T[][] = [];
  let above: (string | null)[] = [null];
  while (above.length > 0) {
    const parents = above;
    const level = all.filter((item) => parents.includes(read(item)[1]));
    if (level.length > 0) levels.push(level);
    above = level.map((item) => read(item)[0]);
  }
  return levels;
}

/**
 * Makes records, or brings those of an earlier run up to date.
 * @param keys of the records; their ids are put into `ids`.
 * @throws OperatorError with the first fault.
 */
export async function upsert(
  api: ApiClient,
  plural: string,
  records: readonly object[],
  keys: readonly string[],
  ids: Map<string, string> = new Map(),
): Promise<void> {
  const json = { operation: 'upsert', matchOn: 'externalIds.seed', atomic: false, records };
  const path = `/v1/${plural}/batch`;
  const { results } = await api.json<BatchResult>(path, { method: 'POST', json });
  for (const [place, { id, error }] of results.entries()) {
    if (error) throw new OperatorError(`${plural} ${keys[place]}: ${error.detail}`);
    ids.set(keys[place] as string, id as string);
  }
}

/** Makes those that no other one has the name of. */
export async function makeMissing(
  api: ApiClient,
  path: string,
  wanted: readonly { name: string }[],
): Promise<void> {
  const { data } = await api.json<{ data: { name: string }[] }>(path);
  const names = new Set(data.map(({ name }) => name));
  for (const json of wanted) {
    if (!names.has(json.name)) await api.request(path, { method: 'POST', json });
  }
}
