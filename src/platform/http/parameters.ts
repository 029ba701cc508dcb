import { createParamDecorator } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { RequestContext, RequestOrigin } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import { parseListQuery } from '../../common/list-query.js';
import type { ListQuery } from '../../common/list-query.js';
import { isUuid } from '../../common/uuid.js';

const requestOf = (context: ExecutionContext): FastifyRequest =>
  context.switchToHttp().getRequest<FastifyRequest>();

/** The caller, as the first argument of every operation that is not public. */
export const Ctx = createParamDecorator((_: unknown, context: ExecutionContext): RequestContext => {
  const caller = requestOf(context).keel;
  if (!caller) throw new Problem('unauthorized', 'Sign in first.');
  return caller;
});

/** Where the request comes from, for routes that need no sign-in. */
export const Origin = createParamDecorator(
  (_: unknown, context: ExecutionContext): RequestOrigin => {
    const { id, ip } = requestOf(context);
    return { requestId: id, ip };
  },
);

/** Path and query of the request, for links to further pages. */
export const Url = createParamDecorator(
  (_: unknown, context: ExecutionContext): string => requestOf(context).url,
);

/** The query string, as a flat object of strings or lists of strings. */
export const RawQuery = createParamDecorator(
  (_: unknown, context: ExecutionContext): Record<string, unknown> =>
    requestOf(context).query as Record<string, unknown>,
);

/** Version that If-Match names, or undefined without the header (or with `*`). */
export const IfMatch = createParamDecorator((_: unknown, context: ExecutionContext) =>
  parseIfMatch(requestOf(context).headers['if-match']),
);

/** @throws Problem 412 for a tag that cannot be a whole record's. */
export function parseIfMatch(header: string | undefined): number | undefined {
  if (header === undefined || header.trim() === '*') return undefined;
  const match = /^"(\d{1,10})"$/.exec(header.trim());
  if (!match) {
    const detail = 'If-Match must be the ETag of the whole record, such as "3".';
    throw new Problem('precondition-failed', detail);
  }
  return Number(match[1]);
}

/** A path parameter that must be a UUID: anything else cannot exist. */
export const Id = createParamDecorator((name: unknown, context: ExecutionContext): string => {
  const parameters = requestOf(context).params as Record<string, string>;
  const value = parameters[typeof name === 'string' ? name : 'id'] ?? '';
  if (!isUuid(value)) throw new Problem('not-found', 'There is no record with this id.');
  return value.toLowerCase();
});

/** The parameters of a list: limit, cursor, sort, fields, include, count, deleted, filters. */
export const ListParams = createParamDecorator((_: unknown, context: ExecutionContext): ListQuery =>
  parseListQuery(requestOf(context).query as Record<string, unknown>),
);

/** `fields` and `include` of a single record. */
export const ViewParams = createParamDecorator((_: unknown, context: ExecutionContext) => {
  const { fields, include, ...rest } = requestOf(context).query as Record<string, unknown>;
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) {
    throw new Problem('invalid-parameter', `${unknown.slice(0, 64)} is not a parameter here.`);
  }
  const { fields: chosen, include: related } = parseListQuery({
    ...(fields === undefined ? {} : { fields }),
    ...(include === undefined ? {} : { include }),
  });
  return { fields: chosen, include: related };
});

/** A list to export: the filters of a list, with a format; all of it, so no limit and no cursor. */
export interface ExportRequest {
  query: ListQuery;
  format: 'csv' | 'ndjson';
  raw: boolean;
}

export const ExportParams = createParamDecorator(
  (_: unknown, context: ExecutionContext): ExportRequest => {
    const { format = 'csv', raw, ...rest } = requestOf(context).query as Record<string, unknown>;
    if (format !== 'csv' && format !== 'ndjson') {
      throw new Problem('invalid-parameter', 'format must be csv or ndjson.');
    }
    for (const name of ['limit', 'cursor', 'count']) {
      if (name in rest) throw new Problem('invalid-parameter', `An export takes no ${name}.`);
    }
    return { query: parseListQuery(rest), format, raw: raw === 'true' };
  },
);
