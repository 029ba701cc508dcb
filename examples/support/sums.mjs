// Sums per country, month and product, and whether two of them agree.
import { moneyText } from './money.mjs';

const BY = ['country', 'month', 'product'];

export class Sums {
  lines = 0;
  total = 0n;
  by = Object.fromEntries(BY.map((what) => [what, new Map()]));

  /** @param line `{ country, month, product, quantity, amount }`: ten-thousandths and cents. */
  add(line) {
    this.lines += 1;
    this.total += line.amount;
    for (const what of BY) {
      const sum = this.by[what].get(line[what]) ?? { lines: 0, quantity: 0n, amount: 0n };
      sum.lines += 1;
      sum.quantity += line.quantity;
      sum.amount += line.amount;
      this.by[what].set(line[what], sum);
    }
  }
}

/** Prints both and every difference. @returns whether there was none. */
export function compare(file, api) {
  console.log(`file: ${file.lines} lines, ${moneyText(file.total)}`);
  console.log(`Keel: ${api.lines} lines, ${moneyText(api.total)}`);
  let isSame = file.lines === api.lines && file.total === api.total;
  for (const what of BY) {
    const keys = [...new Set([...file.by[what].keys(), ...api.by[what].keys()])].sort();
    const different = keys.filter(
      (key) => shown(file.by[what].get(key)) !== shown(api.by[what].get(key)),
    );
    for (const key of different) {
      const [left, right] = [file.by[what].get(key), api.by[what].get(key)];
      console.log(`  ${what} ${key}: file ${shown(left)}, Keel ${shown(right)}`);
    }
    print(what, api.by[what]);
    console.log(`sums per ${what}: ${keys.length}, ${different.length} differ`);
    isSame &&= different.length === 0;
  }
  console.log(isSame ? 'agree' : 'DO NOT AGREE');
  return isSame;
}

const shown = (sum) =>
  sum
    ? `${sum.lines} lines, ${moneyText(sum.quantity / 100n)} pieces, ${moneyText(sum.amount)}`
    : 'nothing';

/** The greatest of them. */
function print(what, sums) {
  const sorted = [...sums].sort(([, a], [, b]) => (a.amount < b.amount ? 1 : -1));
  const most = what === 'month' ? sorted.sort(([a], [b]) => (a < b ? -1 : 1)) : sorted.slice(0, 5);
  for (const [key, sum] of most)
    console.log(`    ${key.padEnd(24)}${moneyText(sum.amount).padStart(16)}`);
}
