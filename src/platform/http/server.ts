import compress from '@fastify/compress';
import cors from '@fastify/cors';
import multipart from '@fastify/multipart';
import type { INestApplicationContext, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { HelmetOptions } from 'helmet';
import { constants } from 'node:zlib';
import { CacheInterceptor } from '../cache/cache.interceptor.js';
import { Authenticator } from '../access/authenticator.js';
import type { Config } from '../../config/config.js';
import { AnswerInterceptor } from './answer.interceptor.js';
import { IdempotencyInterceptor } from './idempotency.interceptor.js';
import { InterceptorChain } from './interceptor-chain.js';
import { serveOpenApi } from './openapi.js';
import { ProblemFilter } from './problem.filter.js';
import { installRequestHooks, requestId } from './request-hooks.js';
import type { RequestStep } from './request-hooks.js';
import { takeRawBodies } from './raw-body.js';
import { RulesPipe } from './rules.pipe.js';
import { securityHeaders } from './security-headers.js';

/** Largest JSON body: a batch of 1,000 full records fits. */
export const BODY_LIMIT = 8 * 1024 * 1024;

/**
 * Builds the HTTP server of the API: Fastify, Nest, and what is the same for every route.
 * @param stepsOf what requests pass between sign-in and handler, in this order.
 */
export async function createServer(
  root: Type,
  config: Config,
  stepsOf: (app: INestApplicationContext) => RequestStep[] = () => [],
): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT,
    genReqId: requestId as never,
    trustProxy: config.trustProxy === 'true',
    requestTimeout: 0, // uploads may take long; idle sockets end by the timeouts below
    connectionTimeout: 120_000,
    keepAliveTimeout: 72_000,
    forceCloseConnections: 'idle',
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 512 },
  });
  const app = await NestFactory.create<NestFastifyApplication>(root, adapter, {
    bufferLogs: true,
    abortOnError: false,
  });
  await registerPlugins(app, config);
  takeJson(adapter);
  takeRawBodies(adapter.getInstance());
  installRequestHooks(adapter.getInstance(), app.get(Authenticator), stepsOf(app));
  app.useGlobalFilters(new ProblemFilter());
  app.useGlobalPipes(new RulesPipe());
  app.useGlobalInterceptors(
    new InterceptorChain([
      new AnswerInterceptor(),
      app.get(IdempotencyInterceptor),
      app.get(CacheInterceptor),
    ]),
  );
  app.enableShutdownHooks([]);
  serveOpenApi(app);
  return app;
}

async function registerPlugins(app: NestFastifyApplication, config: Config): Promise<void> {
  const documents = securityHeaders({ ...SECURITY, contentSecurityPolicy: DOCS_CSP });
  const data = securityHeaders({ ...SECURITY, ...FOR_DATA });
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('onRequest', (request, reply, done) => {
    reply.headers(request.url.startsWith('/docs') ? documents : data);
    done();
  });
  await app.register(cors, {
    origin: originsOf(config.corsOrigins),
    exposedHeaders: EXPOSED,
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
  });
  await app.register(compress, {
    threshold: 1024,
    encodings: ['br', 'zstd', 'gzip'],
    brotliOptions: { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } },
    zlibOptions: { level: 5 },
  });
  await app.register(multipart, { limits: { files: 1, fields: 10, fieldSize: 1_048_576 } });
}

/** JSON also comes as the type that RFC 7396 gives the bodies of PATCH. */
function takeJson(adapter: FastifyAdapter): void {
  const fastify = adapter.getInstance();
  const parse = fastify.getDefaultJsonParser('error', 'error');
  const options = { parseAs: 'string' as const, bodyLimit: BODY_LIMIT };
  fastify.addContentTypeParser('application/merge-patch+json', options, parse);
}

const EXPOSED = [
  'ETag',
  'Link',
  'Location',
  'RateLimit',
  'RateLimit-Policy',
  'Retry-After',
  'X-Request-Id',
  'Idempotency-Replayed',
];

const SECURITY = { strictTransportSecurity: { maxAge: 31_536_000 } } satisfies HelmetOptions;

/** Answers that no browser shows as a page: nothing may load or frame them; the rest is for pages. */
const FOR_DATA = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
  },
  crossOriginOpenerPolicy: false,
  originAgentCluster: false,
  xDnsPrefetchControl: false,
  xDownloadOptions: false,
  xPermittedCrossDomainPolicies: false,
  xXssProtection: false,
} satisfies HelmetOptions;

/** Swagger UI needs its own inline styles; nothing else is ever rendered from this server. */
const DOCS_CSP = {
  directives: {
    defaultSrc: ["'self'"],
    styleSrc: ["'self'", "'unsafe-inline'"],
    scriptSrc: ["'self'"],
    imgSrc: ["'self'", 'data:'],
    upgradeInsecureRequests: null,
  },
};

function originsOf(setting: string): boolean | string[] {
  if (setting === '') return false;
  return setting === '*' ? true : setting.split(',').map((origin) => origin.trim());
}
