import { Problem } from '../../common/errors.js';
import type { FieldError } from '../../common/errors.js';
import type { Normalized } from '../../common/values/normalized.js';
import { normalizeLanguage } from '../../common/values/language.js';
import { normalizeTimeZone } from '../../common/values/time-zone.js';
import { normalizeHolidays, normalizeWorkingHours } from '../../common/working-hours.js';
import type { WorkingHours } from '../../common/working-hours.js';

/** What a user tells of themselves besides their name. */
export interface UserProfile {
  language: string | null;
  timeZone: string | null;
  workingHours: WorkingHours | null;
  holidays: string[];
}

const NORMALIZERS: { [K in keyof UserProfile]: (raw: unknown) => Normalized<UserProfile[K]> } = {
  language: normalizeLanguage,
  timeZone: normalizeTimeZone,
  workingHours: normalizeWorkingHours,
  holidays: normalizeHolidays,
};

/**
 * The members of a profile that the body has, in the form they are kept in.
 * @throws Problem 422 naming every fault.
 */
export function readProfile(
  body: Partial<Record<keyof UserProfile, unknown>>,
): Partial<UserProfile> {
  const errors: FieldError[] = [];
  const profile: Record<string, unknown> = {};
  for (const [name, normalize] of Object.entries(NORMALIZERS)) {
    const raw = body[name as keyof UserProfile];
    if (raw === undefined) continue;
    if (raw === null) {
      profile[name] = name === 'holidays' ? [] : null;
      continue;
    }
    const { value, error } = normalize(raw) as Normalized<unknown>;
    if (error) errors.push({ ...error, pointer: `/${name}${error.at ?? ''}` });
    else profile[name] = value;
  }
  if (errors.length > 0) throw Problem.validation(errors.map(withoutPlace));
  return profile;
}

const withoutPlace = ({ pointer, code, detail }: FieldError): FieldError => ({
  pointer,
  code,
  detail,
});
