/** A run of digits in which a number may be that a double cannot hold. */
const MANY_DIGITS = /[\d.]{16}/;

type Reviver = (
  this: unknown,
  key: string,
  value: unknown,
  context: { source?: string },
) => unknown;
/** The third argument of the reviver is part of ES2026 and of Node since 22. */
const parseWithSource = JSON.parse as (text: string, reviver: Reviver) => unknown;

/**
 * Reads JSON without losing digits: a number that a double cannot hold (an id of twenty digits, an
 * amount of eighteen) stays the text it was.
 * @throws SyntaxError
 */
export function parseJson(text: string): unknown {
  if (!MANY_DIGITS.test(text) && !/\d[eE]\+?\d{3}/.test(text)) return JSON.parse(text) as unknown;
  return parseWithSource(text, (_key, value, { source }) =>
    typeof value === 'number' && source !== undefined && isLossy(value, source) ? source : value,
  );
}

function isLossy(value: number, source: string): boolean {
  if (!Number.isFinite(value)) return true;
  const [mantissa = ''] = source.split(/e/i);
  const digits = mantissa.replace(/\D/g, '').replace(/^0+/, '');
  return digits.length > 15 && String(value) !== source;
}
