import { Catch, HttpException, Logger } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { MovedPermanently, Problem } from '../../common/errors.js';
import type { ProblemCode } from '../../common/errors.js';
import type { RoutePolicy } from './endpoint.decorator.js';
import { toProblem } from '../database/database-errors.js';

/** Answers every error as problem details; what is not meant for clients is logged instead. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('http');

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    if (error instanceof MovedPermanently) {
      const location = request.url.replace(error.from, error.to);
      void http.getResponse<FastifyReply>().redirect(location, 301);
      return;
    }
    const problem = asProblem(error, request);
    if (problem.status >= 500) {
      this.logger.error({ error: problem.cause ?? error, requestId: request.id, url: request.url });
    }
    const reply = http.getResponse<FastifyReply>();
    if (reply.raw.headersSent) reply.raw.destroy();
    else sendProblem(request, reply, problem);
  }
}

/** Writes the problem document. */
export function sendProblem(request: FastifyRequest, reply: FastifyReply, problem: Problem): void {
  const path = request.url.split('?', 1)[0] ?? '';
  reply.answerStatus = undefined;
  void reply
    .code(problem.status)
    .headers(problem.headers ?? {})
    .type('application/problem+json; charset=utf-8')
    .send(JSON.stringify(problem.toDocument(path, request.id)));
}

/** Methods a path answers; filled as routes are registered. */
export const routeTable: {
  pattern: RegExp;
  method: string;
  url: string;
  /** Null outside the API. */
  policy: RoutePolicy | null;
}[] = [];

const FASTIFY_ERRORS: Record<string, [ProblemCode, string]> = {
  FST_ERR_CTP_INVALID_JSON_BODY: ['bad-request', 'The body is not JSON.'],
  FST_ERR_CTP_EMPTY_JSON_BODY: ['bad-request', 'The body is empty; send JSON.'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['bad-request', 'Content-Length does not fit the body.'],
  FST_ERR_CTP_BODY_TOO_LARGE: ['too-large', 'The body is larger than this route takes.'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [
    'unsupported-media-type',
    'Send application/json (or multipart/form-data where a file is uploaded).',
  ],
  FST_REQ_FILE_TOO_LARGE: ['too-large', 'The file is larger than this route takes.'],
  FST_INVALID_MULTIPART_CONTENT_TYPE: ['unsupported-media-type', 'Send multipart/form-data.'],
};

function asProblem(error: unknown, request: FastifyRequest): Problem {
  const known = toProblem(error);
  if (known instanceof Problem) return known;
  const fastify = FASTIFY_ERRORS[codeOf(error)];
  if (fastify) return new Problem(...fastify);
  const status =
    error instanceof HttpException
      ? error.getStatus()
      : ((error as { statusCode?: number } | null)?.statusCode ?? 500);
  if (status === 404) return notFound(request);
  if (status === 400) return new Problem('bad-request', (error as Error).message);
  if (status === 413) return new Problem('too-large', (error as Error).message);
  if (status === 503) {
    const detail = 'The server is overloaded. Try again in a moment.';
    return new Problem('unavailable', detail, { headers: { 'retry-after': '5' } });
  }
  const detail = 'An unexpected error. It has been logged with the request id.';
  return new Problem('internal', detail, { cause: error });
}

/** Fastify's own code; Nest hands its errors on as the cause of one of its own. */
function codeOf(error: unknown): string {
  const found = error instanceof HttpException ? error.cause : error;
  return (found as { code?: string } | null | undefined)?.code ?? '';
}

function notFound(request: FastifyRequest): Problem {
  const path = request.url.split('?', 1)[0] ?? '';
  const methods = routeTable
    .filter(({ pattern }) => pattern.test(path))
    .map(({ method }) => method);
  if (methods.length === 0) return new Problem('not-found', 'There is nothing at this address.');
  const allow = [...new Set(methods)].sort().join(', ');
  return new Problem('method-not-allowed', `This address takes ${allow}.`, { headers: { allow } });
}
