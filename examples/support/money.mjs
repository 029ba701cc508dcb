// Exact amounts as whole numbers of ten-thousandths, in a way of their own: what the API says is
// to be checked by it.
const SCALE = 4;
const UNIT = 10n ** BigInt(SCALE);

/** Ten-thousandths of a decimal text, halves away from zero: `9.80000019` is 98000. */
export function units(text) {
  const [, sign, whole = '', fraction = ''] = /^(-?)(\d*)\.?(\d*)$/.exec(text.trim()) ?? [];
  if (sign === undefined) throw new Error(`${text} is not a number`);
  const digits = BigInt(`${whole}${fraction.padEnd(SCALE, '0').slice(0, SCALE)}`);
  const rounded = digits + (fraction.charAt(SCALE) >= '5' ? 1n : 0n);
  return sign === '-' ? -rounded : rounded;
}

/** A product of two numbers in ten-thousandths, in cents: each amount is rounded on its own. */
export const cents = (left, right) => divided(left * right, UNIT * UNIT);

/** Percent (in ten-thousandths) of cents, in cents. */
export const percentOf = (amount, percent) => rounded(amount * percent, 100n * UNIT);

function divided(value, by) {
  return rounded(value * 100n, by);
}

/** Halves away from zero. */
function rounded(value, by) {
  const half = by / 2n;
  return value < 0n ? -((-value + half) / by) : (value + half) / by;
}

export function moneyText(amount) {
  const digits = (amount < 0n ? -amount : amount).toString().padStart(3, '0');
  return `${amount < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** Cents of an amount that the API answers. */
export const centsOf = (text) => units(text) / 100n;
