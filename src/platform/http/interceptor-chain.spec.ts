import { describe, expect, it } from '@jest/globals';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { lastValueFrom, map, of } from 'rxjs';
import { InterceptorChain } from './interceptor-chain.js';

const context = {} as ExecutionContext;
const handler = (answer: string): CallHandler => ({ handle: () => of(answer) });

const around = (mark: string): NestInterceptor => ({
  intercept: (_context, next) => next.handle().pipe(map((value) => `${mark}(${String(value)})`)),
});

describe('interceptors as one', () => {
  it('run from the first to the last and back', async () => {
    const chain = new InterceptorChain([around('a'), around('b')]);
    expect(await lastValueFrom(chain.intercept(context, handler('x')))).toBe('a(b(x))');
  });

  it('let one answer without the others and the handler', async () => {
    const reached: string[] = [];
    const answering: NestInterceptor = { intercept: () => of('kept') };
    const late: NestInterceptor = {
      intercept: (_context, next) => {
        reached.push('late');
        return next.handle();
      },
    };
    const chain = new InterceptorChain([around('a'), answering, late]);
    expect(await lastValueFrom(chain.intercept(context, handler('x')))).toBe('a(kept)');
    expect(reached).toEqual([]);
  });

  it('may be asynchronous', async () => {
    const slow: NestInterceptor = {
      intercept: (_context, next) => Promise.resolve(next.handle()),
    };
    const chain = new InterceptorChain([slow, around('b')]);
    expect(await lastValueFrom(chain.intercept(context, handler('x')))).toBe('b(x)');
  });
});
