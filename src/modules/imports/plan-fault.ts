/** A file and options that do not fit; `code` and `detail` go into the import's problem. */
export class PlanFault extends Error {
  override name = 'PlanFault';

  constructor(
    readonly code: string,
    readonly detail: string,
  ) {
    super(detail);
  }
}
