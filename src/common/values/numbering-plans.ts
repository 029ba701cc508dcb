import metadata from 'libphonenumber-js/min/metadata';

/*
 * The fast half of phone.ts: the same numbering plans libphonenumber-js works with, their patterns
 * compiled once, to judge a number of which only digits are left. It answers only where its answer
 * is the library's; phone.spec.ts compares the two over every country.
 */

/** One country of libphonenumber-js's metadata, format 4: positions as its METADATA.md says. */
type PlanData = readonly [
  callingCode: string,
  internationalPrefix: string | 0,
  pattern: string,
  lengths: readonly number[],
  formats?: unknown,
  nationalPrefix?: string | 0,
  nationalPrefixRule?: unknown,
  nationalPrefixForParsing?: string | 0,
  nationalPrefixTransform?: unknown,
  optionalPrefix?: unknown,
  leadingDigits?: string | 0,
  types?: readonly (readonly [pattern: string, lengths?: readonly number[]] | 0)[] | 0,
];

interface Plan {
  callingCode: string;
  pattern: RegExp;
  /** What may stand before a national number; undefined when nothing. */
  prefix?: RegExp;
  international?: RegExp;
  leadingDigits?: RegExp;
  types: readonly { pattern: RegExp; lengths?: readonly number[] }[];
}

const data = new Map(Object.entries(metadata.countries as Record<string, unknown>));
const countriesOfCode = new Map(Object.entries(metadata.country_calling_codes));
const plans = new Map<string, Plan>();
const plansOfCode = new Map<string, Plan[]>();

function planOf(country: string): Plan | undefined {
  const known = plans.get(country);
  if (known !== undefined || !data.has(country)) return known;
  const plan = compile(data.get(country) as PlanData);
  plans.set(country, plan);
  return plan;
}

function plansFor(callingCode: string): Plan[] | undefined {
  const known = plansOfCode.get(callingCode);
  if (known !== undefined) return known;
  const found = countriesOfCode
    .get(callingCode)
    ?.map(planOf)
    .filter((plan) => plan !== undefined);
  if (found !== undefined) plansOfCode.set(callingCode, found);
  return found;
}

function compile(plan: PlanData): Plan {
  const [callingCode, international, pattern, , , national, , parsing, , , leading, types] = plan;
  const prefix = parsing || national;
  return {
    callingCode,
    pattern: whole(pattern),
    prefix: prefix ? start(prefix) : undefined,
    international: international ? start(international) : undefined,
    leadingDigits: leading ? start(leading) : undefined,
    types: (types || []).flatMap((type) =>
      type && type[0] ? [{ pattern: whole(type[0]), lengths: type[1] }] : [],
    ),
  };
}

function whole(pattern: string): RegExp {
  return new RegExp(`^(?:${pattern})$`); // eslint-disable-line security/detect-non-literal-regexp
}

function start(pattern: string): RegExp {
  return new RegExp(`^(?:${pattern})`); // eslint-disable-line security/detect-non-literal-regexp
}

/**
 * The E.164 form of digits written after a `+`; null when they are no valid number; undefined when
 * it takes the library to tell.
 */
export function internationalNumber(digits: string): string | null | undefined {
  for (let length = 1; length <= 3; length++) {
    const sharing = plansFor(digits.slice(0, length));
    if (sharing === undefined) continue;
    const national = digits.slice(length);
    if (sharing[0]?.prefix?.test(national)) return undefined;
    return isValid(national, sharing, sharing[0]) ? `+${digits}` : null;
  }
  return undefined;
}

/**
 * The E.164 form of digits as dialled inside a country (ISO alpha-2), with or without its trunk
 * prefix; null when they are no valid number; undefined when it takes the library to tell.
 */
export function nationalNumber(digits: string, country: string): string | null | undefined {
  const plan = planOf(country);
  const sharing = plan && plansFor(plan.callingCode);
  if (plan === undefined || sharing === undefined) return undefined;
  if (plan.international?.test(digits)) return undefined;
  const national = withoutTrunkPrefix(digits, plan);
  if (national === undefined) return undefined;
  const valid = isValid(national, sharing, plan);
  const fitsAtHome = valid && plan.pattern.test(national);
  // Otherwise a prefix may belong to the number, or a calling code may stand in front without `+`.
  if (!fitsAtHome && (national !== digits || digits.startsWith(plan.callingCode))) return undefined;
  return valid ? `+${plan.callingCode}${national}` : null;
}

function withoutTrunkPrefix(digits: string, plan: Plan): string | undefined {
  const match = plan.prefix?.exec(digits);
  if (!match) return digits;
  // A captured group means the library would rewrite the number, not just shorten it.
  return match.length > 1 && match.at(-1) ? undefined : digits.slice(match[0].length);
}

/**
 * As the library does: find which of the countries that share a calling code the number belongs
 * to, and judge by that one's plan, or by the assumed one's when it is nobody's.
 */
function isValid(national: string, sharing: readonly Plan[], assumed: Plan | undefined): boolean {
  if (sharing.length > 1) {
    for (const plan of sharing) {
      if (plan.leadingDigits === undefined) {
        if (plan.types.length > 0 && validIn(plan, national)) return true;
      } else if (plan.leadingDigits.test(national)) {
        return validIn(plan, national);
      }
    }
  }
  return assumed !== undefined && validIn(assumed, national);
}

function validIn(plan: Plan, national: string): boolean {
  if (!plan.pattern.test(national)) return false;
  if (plan.types.length === 0) return true;
  return plan.types.some(
    ({ pattern, lengths }) =>
      (lengths === undefined || lengths.includes(national.length)) && pattern.test(national),
  );
}
