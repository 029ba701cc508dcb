/** Numbers that look random and are the same everywhere (mulberry32 over a mixed start). */
export class Dice {
  private state: number;

  /** The same parts give the same numbers: `new Dice(seed, 'company', 17)` needs no 0 to 16 before. */
  constructor(...parts: readonly (number | string)[]) {
    this.state = parts.reduce<number>((state, part) => mixed(state, part), 0x9e3779b9);
  }

  /** 0 up to, not including, 1. */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 0x1_0000_0000;
  }

  /** A whole number from 0 up to, not including, `limit`. */
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  /** A whole number; both ends can come. */
  between(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }

  /** One of the words, each as often as its weight says. */
  weighted<T extends string>(weights: Readonly<Record<T, number>>): T {
    const entries = Object.entries(weights) as [T, number][];
    let left = this.next() * entries.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [word, weight] of entries) {
      left -= weight;
      if (left < 0) return word;
    }
    return (entries.at(-1) as [T, number])[0];
  }

  /** So many decimal digits. */
  digits(count: number): string {
    let text = '';
    while (text.length < count) text += String(this.below(10));
    return text;
  }

  /** The list in another order. */
  shuffled<T>(list: readonly T[]): T[] {
    const result = [...list];
    for (let last = result.length - 1; last > 0; last -= 1) {
      const other = this.below(last + 1);
      [result[last], result[other]] = [result[other] as T, result[last] as T];
    }
    return result;
  }
}

function mixed(state: number, part: number | string): number {
  if (typeof part === 'number') return scrambled(state ^ Math.imul(part + 1, 0x85ebca6b));
  let result = state;
  for (let at = 0; at < part.length; at += 1) {
    result = Math.imul(result ^ part.charCodeAt(at), 0x01000193);
  }
  return scrambled(result);
}

function scrambled(value: number): number {
  let result = Math.imul(value ^ (value >>> 16), 0x21f0aaad);
  result = Math.imul(result ^ (result >>> 15), 0x735a2d97);
  return result ^ (result >>> 15);
}

/**
 * Another order of 0 up to, not including, `size`, worked out place by place: no two places have
 * the same number, and nothing is kept of it.
 */
export function scattered(place: number, size: number, seed: number): number {
  let step = Math.floor(size * 0.6180339887) + (seed % 97);
  while (step < 1 || greatestDivisor(step, size) !== 1) step += 1;
  return (place * (step % size) + (seed % size)) % size;
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}
