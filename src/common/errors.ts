/** One fault inside a request body, list parameter or row. `pointer` is a JSON pointer. */
export interface FieldError {
  pointer: string;
  code: string;
  detail: string;
}

/**
 * Every kind of error a client can meet: its HTTP status and title. The documentation and
 * `openapi.json` are generated from this list; `type` in an answer is `/problems/<code>`.
 */
export const PROBLEMS = {
  'bad-request': { status: 400, title: 'The request cannot be read' },
  'invalid-filter': { status: 400, title: 'The filter cannot be read' },
  'invalid-sort': { status: 400, title: 'The list cannot be sorted like that' },
  'invalid-cursor': { status: 400, title: 'The cursor is not one of ours' },
  'invalid-parameter': { status: 400, title: 'A parameter cannot be read' },
  unauthorized: { status: 401, title: 'Sign in first' },
  forbidden: { status: 403, title: 'You may not do this' },
  'not-found': { status: 404, title: 'Not found' },
  'method-not-allowed': { status: 405, title: 'Method not allowed' },
  'not-acceptable': { status: 406, title: 'Not acceptable' },
  conflict: { status: 409, title: 'Conflict' },
  duplicate: { status: 409, title: 'The value is taken' },
  'idempotency-running': { status: 409, title: 'The first request is still running' },
  gone: { status: 410, title: 'Not there any more' },
  'precondition-failed': { status: 412, title: 'The record has changed since' },
  'too-large': { status: 413, title: 'The request is too large' },
  'unsupported-media-type': { status: 415, title: 'Unsupported media type' },
  'range-not-satisfiable': { status: 416, title: 'Range not satisfiable' },
  validation: { status: 422, title: 'Validation failed' },
  'idempotency-mismatch': { status: 422, title: 'The key was used for another request' },
  'too-many-requests': { status: 429, title: 'Too many requests' },
  internal: { status: 500, title: 'Something went wrong on our side' },
  unavailable: { status: 503, title: 'Not available at the moment' },
} as const;

export type ProblemCode = keyof typeof PROBLEMS;

/** Members that every problem document has. */
type Own = 'type' | 'title' | 'status' | 'code' | 'detail' | 'instance' | 'requestId' | 'errors';

export interface ProblemOptions {
  errors?: FieldError[];
  /** Further members of the problem document, such as `existingId`; never those it has anyway. */
  extra?: Record<string, unknown> & Partial<Record<Own, never>>;
  headers?: Record<string, string>;
  cause?: unknown;
}

/** An error the client is told about, as RFC 9457 problem details. */
export class Problem extends Error {
  override name = 'Problem';
  readonly status: number;
  readonly errors?: FieldError[];
  readonly extra?: Record<string, unknown>;
  readonly headers?: Record<string, string>;

  constructor(
    readonly code: ProblemCode,
    readonly detail: string,
    options: ProblemOptions = {},
  ) {
    super(detail, { cause: options.cause });
    this.status = PROBLEMS[code].status;
    this.errors = options.errors;
    this.extra = options.extra;
    this.headers = options.headers;
  }

  /** 422 with every fault named. */
  static validation(errors: FieldError[]): Problem {
    const count = errors.length === 1 ? '1 field is' : `${errors.length} fields are`;
    return new Problem('validation', `${count} not valid.`, { errors });
  }

  /** 404 that tells neither whether the record exists elsewhere nor why it is hidden. */
  static notFound(what: string, id: string): Problem {
    return new Problem('not-found', `There is no ${what} ${id}.`);
  }

  /** The RFC 9457 document. */
  toDocument(instance: string, requestId: string): Record<string, unknown> {
    return {
      type: `/problems/${this.code}`,
      title: PROBLEMS[this.code].title,
      status: this.status,
      code: this.code,
      detail: this.detail,
      instance,
      requestId,
      ...this.extra,
      ...(this.errors ? { errors: this.errors } : {}),
    };
  }
}

/** The record was merged into another: its address leads there from now on (301). */
export class MovedPermanently extends Error {
  override name = 'MovedPermanently';

  constructor(
    readonly from: string,
    readonly to: string,
  ) {
    super(`${from} was merged into ${to}`);
  }
}
