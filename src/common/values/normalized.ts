/** Why a value was refused. `at` is a JSON pointer inside the value (`/amount`, `/3`), if not all of it. */
export interface ValueFault {
  code: string;
  detail: string;
  at?: string;
}

/**
 * What a normaliser answers: the value in its one canonical form, or why it is refused.
 *
 * Normalisers are called for values that are there: `null`, absent members and empty cells are the
 * caller's business. They never throw, whatever they are given. `normalizeX` takes what a JSON body
 * may hold; `readX` (or a reader made by `xReader`) takes the text of an imported cell and is more
 * forgiving. Codes are the names of class-validator's rules where it has one.
 */
export type Normalized<T> =
  { value: T; error?: undefined } | { value?: undefined; error: ValueFault };

export type Normalizer<T> = (raw: unknown) => Normalized<T>;

export function accepted<T>(value: T): Normalized<T> {
  return { value };
}

export function refused(code: string, detail: string, at?: string): { error: ValueFault } {
  return { error: at === undefined ? { code, detail } : { code, detail, at } };
}
