/** Collects the parameters of a statement while its text is put together. */
export class Params {
  readonly values: unknown[] = [];

  /** Adds a value and returns its placeholder, with a cast when given. */
  add(value: unknown, cast?: string): string {
    this.values.push(value);
    return cast ? `$${this.values.length}::${cast}` : `$${this.values.length}`;
  }
}
