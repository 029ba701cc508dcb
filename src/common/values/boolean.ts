import { accepted, refused, type Normalized } from './normalized.js';

const TRUE = accepted(true);
const FALSE = accepted(false);
const NOT_BOOLEAN = refused('isBoolean', 'must be true or false');

// English, a tick, German, French, Spanish, Portuguese, Chinese, Japanese.
const YES =
  'true t yes y 1 on x ✓ ✔ wahr ja j oui vrai sí si verdadero sim verdadeiro 是 真 有 对 はい';
const NO = 'false f no n 0 off falsch nein non faux falso não nao 否 假 无 無 不 いいえ';

const CELLS = new Map<string, Normalized<boolean>>([
  ...YES.split(' ').map((word) => [word, TRUE] as const),
  ...NO.split(' ').map((word) => [word, FALSE] as const),
]);
const LONGEST_CELL = 20;

/** `true` or `false`, nothing else. */
export function normalizeBoolean(raw: unknown): Normalized<boolean> {
  if (raw === true) return TRUE;
  return raw === false ? FALSE : NOT_BOOLEAN;
}

/** A cell that says yes or no: true/false, yes/no, 1/0, on/off, x, or such words of other languages. */
export function readBoolean(raw: unknown): Normalized<boolean> {
  if (typeof raw === 'boolean') return raw ? TRUE : FALSE;
  if (raw === 1 || raw === 0) return raw === 1 ? TRUE : FALSE;
  if (typeof raw !== 'string' || raw.length > LONGEST_CELL) return NOT_BOOLEAN;
  return CELLS.get(raw) ?? CELLS.get(raw.trim().toLowerCase()) ?? NOT_BOOLEAN;
}
