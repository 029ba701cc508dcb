import { Module } from '@nestjs/common';
import { IdempotencyInterceptor } from './idempotency.interceptor.js';

/** What every route of the API passes through. */
@Module({ providers: [IdempotencyInterceptor], exports: [IdempotencyInterceptor] })
export class HttpModule {}
