/**
 * Exact arithmetic on decimal texts such as `"-12.50"`, as whole numbers of their last decimal
 * (`units`): 12.50 is 1250 units of scale 2. Nothing passes through a float.
 */

const TEN = 10n;
const powers: bigint[] = [];

/** Powers of ten are needed for each amount of a report; there are few different ones. */
const powerOfTen = (exponent: number): bigint => (powers[exponent] ??= TEN ** BigInt(exponent));

/**
 * A decimal text as units of the scale.
 * @param text as `normalizeDecimal` leaves it; decimals beyond the scale are rounded.
 */
export function unitsOf(text: string, scale: number): bigint {
  const isNegative = text.startsWith('-');
  const [whole = '', fraction = ''] = text.slice(isNegative ? 1 : 0).split('.');
  const units = rescaled(BigInt(whole + fraction), fraction.length, scale);
  return isNegative ? -units : units;
}

/** Units as text with all decimals of the scale: `textOf(1250n, 2)` is `"12.50"`. */
export function textOf(units: bigint, scale: number): string {
  const digits = String(units < 0n ? -units : units).padStart(scale + 1, '0');
  const sign = units < 0n ? '-' : '';
  if (scale === 0) return sign + digits;
  return `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** The quotient, halves rounded away from zero. @throws RangeError when divided by zero. */
export function dividedBy(dividend: bigint, divisor: bigint): bigint {
  const isNegative = dividend < 0n !== divisor < 0n;
  const [a, b] = [dividend < 0n ? -dividend : dividend, divisor < 0n ? -divisor : divisor];
  const quotient = (2n * a + b) / (2n * b);
  return isNegative ? -quotient : quotient;
}

/** Units of one scale as those of another; lost decimals are rounded half away from zero. */
export function rescaled(units: bigint, from: number, to: number): bigint {
  if (to === from) return units;
  if (to > from) return units * powerOfTen(to - from);
  return dividedBy(units, powerOfTen(from - to));
}

/** A decimal text with at least so many decimals: `"5"` is `"5.00"`, `"0.125"` stays. */
export function atLeast(text: string, scale: number): string {
  const { length } = text.split('.')[1] ?? '';
  return textOf(unitsOf(text, Math.max(length, scale)), Math.max(length, scale));
}

/** The shortest text of the same number: `"5.00"` is `"5"`. */
export function shortest(text: string): string {
  if (!text.includes('.')) return text;
  let end = text.length;
  while (text.charCodeAt(end - 1) === 48) end -= 1;
  return text.slice(0, text.charAt(end - 1) === '.' ? end - 1 : end);
}
