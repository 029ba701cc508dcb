const NUMBER = new Intl.NumberFormat('en');

/** A number as it stands in a sentence: `1,048,576`. Quick enough for an error on every row. */
export function grouped(number: number): string {
  return NUMBER.format(number);
}
