import { applyDecorators, HttpCode } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBearerAuth, ApiHeader, ApiOperation, ApiResponse } from '@nestjs/swagger';
import type { Permission } from '../access/permissions.js';
import { problemResponses } from './openapi-responses.js';

/** Buckets that requests are counted in; see platform/throttle. */
export type ThrottleClass =
  'default' | 'search' | 'auth' | 'bulk' | 'form' | 'formTotal' | 'calendar' | 'link';

/** What every route must declare. A route without a policy stops the start-up. */
export interface RoutePolicy {
  /** Permission the caller needs; null for everybody, signed in or not. */
  permission: Permission | null;
  throttle: ThrottleClass;
  /** Object whose answers may be kept; invalidated by any write to it. */
  cache?: CachePolicy;
  /** How an Idempotency-Key is honoured; `transaction` by default on POST. */
  idempotency: 'transaction' | 'own' | 'none';
  /** Largest body in bytes, where it is less than what every route takes. */
  bodyLimit?: number;
  /** Type of a body that the handler reads as a stream; see `raw-body.ts`. */
  rawBody?: string;
}

export interface CachePolicy {
  /** Objects the answer is made from: a write to one of them makes it stale. */
  objects: readonly string[];
  /** The answer is one record, named by the path parameter `id`: only writes to it count. */
  record?: boolean;
}

/** For `alsoAnswers` of reads whose answer has an ETag. */
export const NOT_MODIFIED = 'Not changed since If-None-Match';

export interface EndpointOptions {
  /** Permission the caller needs; write {@link Public} instead for none. */
  permission: Permission;
  summary: string;
  description?: string;
  /** Success status; default 200, 201 for POST by Nest's rule unless given. */
  status?: number;
  /** Class of the body that is answered; null for none. */
  answers?: Type | Type[] | null;
  /** Further success answers, such as 207. */
  alsoAnswers?: Record<number, string>;
  /** Statuses of problems beyond those every route can answer. */
  problems?: number[];
  throttle?: ThrottleClass;
  cache?: CachePolicy;
  idempotency?: RoutePolicy['idempotency'];
  bodyLimit?: number;
  /** Type of a body that the handler reads as a stream. */
  rawBody?: RoutePolicy['rawBody'];
  /** Browsers of other sites may call it, and the handler says of which: not the settings. */
  ownOrigins?: boolean;
}

const SUCCESSES: Record<number, string> = {
  201: 'Created',
  202: 'Accepted: it goes on behind this answer',
  204: 'Done; the answer has no body',
};

/** Declares a route: its permission, limits, caching and documentation. */
export function Endpoint(options: EndpointOptions): MethodDecorator {
  return applyDecorators(...parts(options, options.permission), ApiBearerAuth());
}

/** Declares a route that needs no sign-in. */
export function Public(options: Omit<EndpointOptions, 'permission'>): MethodDecorator {
  return applyDecorators(...parts(options, null));
}

function parts(
  options: Omit<EndpointOptions, 'permission'>,
  permission: Permission | null,
): MethodDecorator[] {
  const policy: RoutePolicy = {
    permission,
    throttle: options.throttle ?? 'default',
    cache: options.cache,
    idempotency: options.idempotency ?? 'transaction',
    ...(options.bodyLimit === undefined ? {} : { bodyLimit: options.bodyLimit }),
    ...(options.rawBody === undefined ? {} : { rawBody: options.rawBody }),
  };
  const status = options.status ?? 200;
  const decorators: MethodDecorator[] = [
    RouteConfig({ keel: policy, ...(options.ownOrigins ? { cors: false } : {}) }),
    HttpCode(status),
    ApiOperation({
      summary: options.summary,
      description: describe(options.description, permission),
    }),
    ApiResponse({ status, ...bodyOf(options.answers), description: SUCCESSES[status] ?? 'Done' }),
    ...Object.entries(options.alsoAnswers ?? {}).map(([code, description]) =>
      ApiResponse({
        ...(Number(code) < 300 ? bodyOf(options.answers) : {}),
        status: Number(code),
        description,
      }),
    ),
    ...problemResponses(permission !== null, options.problems ?? []),
  ];
  return decorators;
}

function bodyOf(answers: EndpointOptions['answers']): {
  type?: Type | [Type];
  description: string;
} {
  if (!answers) return { description: 'Done' };
  return Array.isArray(answers)
    ? { type: [answers[0] as Type], description: 'Done' }
    : { type: answers, description: 'Done' };
}

function describe(description: string | undefined, permission: Permission | null): string {
  const needs = needsOf(permission);
  return description ? `${description}\n\n${needs}` : needs;
}

function needsOf(permission: Permission | null): string {
  if (permission === null) return 'Needs no sign-in.';
  return permission === 'self'
    ? 'Needs a sign-in, but no permission.'
    : `Needs permission \`${permission}\`.`;
}

/** Documents the headers of a write that may be repeated and guarded. */
export const IdempotencyHeader = (): MethodDecorator =>
  ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    description: 'Any text of up to 255 characters. A repeat within 24 h gets the first answer.',
  });
