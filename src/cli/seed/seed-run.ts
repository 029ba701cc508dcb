import { OperatorError } from '../../common/operator-error.js';
import type { ApiClient } from '../api-client.js';
import type { SeedRun } from './plan.js';
import { SIZE_NAMES } from './sizes.js';
import type { SizeName } from './sizes.js';

export interface SeedFlags {
  size: string;
  seed: string;
  until?: string;
}

const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** Source of the external id that tells, in the team of the whole house, which run a workspace is of. */
export const MARK = 'seed-run';

export const markOf = ({ size, seed, until }: SeedRun): string => `${size}/${seed}/${until}`;

/** @throws OperatorError naming the flag that is wrong. */
export function readFlags({ size, seed, until }: SeedFlags): Omit<SeedRun, 'until'> & {
  until?: string;
} {
  if (!SIZE_NAMES.includes(size as SizeName)) {
    throw new OperatorError(`--size ${size}: choose ${SIZE_NAMES.join(', ')}.`);
  }
  const number = Number(seed);
  if (!Number.isInteger(number) || number < 0 || number > 0x7fff_ffff) {
    throw new OperatorError(`--seed ${seed}: write a whole number from 0 to 2147483647.`);
  }
  if (until !== undefined && !(DATE.test(until) && isDate(until))) {
    throw new OperatorError(`--until ${until}: write a day as YYYY-MM-DD.`);
  }
  return { size: size as SizeName, seed: number, ...(until === undefined ? {} : { until }) };
}

const isDate = (text: string): boolean => {
  const time = Date.parse(text);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
};

/**
 * The run that the flags mean: one that has begun goes on, with its own last day.
 * @throws OperatorError when the workspace holds what another run has made.
 */
export async function settleRun(api: ApiClient, flags: SeedFlags): Promise<SeedRun> {
  const asked = readFlags(flags);
  const today = new Date().toISOString().slice(0, 10);
  if (asked.until !== undefined && asked.until > today) {
    throw new OperatorError(`--until ${asked.until}: the year has to be over; today is ${today}.`);
  }
  const begun = await begunRun(api);
  if (begun === null) return { ...asked, until: asked.until ?? today };
  const isSame =
    begun.size === asked.size &&
    begun.seed === asked.seed &&
    begun.until === (asked.until ?? begun.until);
  if (isSame) return begun;
  const { size, seed, until } = begun;
  throw new OperatorError(
    `The workspace has been seeded with --size ${size} --seed ${seed} --until ${until}. ` +
      'Give the same to go on with that, or seed another workspace.',
  );
}

async function begunRun(api: ApiClient): Promise<SeedRun | null> {
  const path = `/v1/teams?filter[externalIds.${MARK}][isNull]=false&limit=1`;
  const { data } = await api.json<{ data: { externalIds: Record<string, string> }[] }>(path);
  const mark = data[0]?.externalIds[MARK];
  if (mark === undefined) return null;
  const [size, seed, until] = mark.split('/') as [SizeName, string, string];
  return { size, seed: Number(seed), until };
}
