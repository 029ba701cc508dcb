import { Injectable } from '@nestjs/common';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map } from 'rxjs';
import type { Observable } from 'rxjs';
import { Answer } from './answers.js';

declare module 'fastify' {
  interface FastifyReply {
    /** Status an Answer carries; applied when the reply is sent, after Nest has set its own. */
    answerStatus?: number;
  }
}

/** Writes Answers: exact bytes, headers, and 304 when the client has them already. */
@Injectable()
export class AnswerInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    return next
      .handle()
      .pipe(
        map((value: unknown) => (value instanceof Answer ? write(request, reply, value) : value)),
      );
  }
}

function write(request: FastifyRequest, reply: FastifyReply, answer: Answer): string | undefined {
  reply.headers(answer.headers);
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  if (isRead && matches(request.headers['if-none-match'], answer.headers['etag'])) {
    reply.answerStatus = 304;
    return undefined;
  }
  reply.answerStatus = answer.status;
  if (answer.body === null) return undefined;
  if (!reply.hasHeader('content-type')) reply.type('application/json; charset=utf-8');
  return answer.body;
}

/** Whether an If-None-Match header names the entity tag (weak comparison, RFC 9110). */
export function matches(header: string | undefined, etag: string | undefined): boolean {
  if (header === undefined || etag === undefined) return false;
  if (header.trim() === '*') return true;
  return header.split(',').some((part) => part.trim().replace(/^W\//, '') === etag);
}
