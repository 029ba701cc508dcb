import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { from, isObservable, switchMap } from 'rxjs';
import type { Observable } from 'rxjs';

/**
 * Several interceptors as one, the first outermost. Nest gives each global interceptor an async
 * scope and an observable of its own for every request, which costs more than ours do.
 */
export class InterceptorChain implements NestInterceptor {
  constructor(private readonly interceptors: readonly NestInterceptor[]) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return this.from(0, context, next).handle();
  }

  private from(index: number, context: ExecutionContext, next: CallHandler): CallHandler {
    const interceptor = this.interceptors[index];
    if (!interceptor) return next;
    return {
      handle: () => {
        const result = interceptor.intercept(context, this.from(index + 1, context, next));
        if (isObservable(result)) return result;
        return from(result as Promise<Observable<unknown>>).pipe(switchMap((inner) => inner));
      },
    };
  }
}
