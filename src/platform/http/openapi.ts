import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { OpenAPIObject } from '@nestjs/swagger';
import type { RoutePolicy } from './endpoint.decorator.js';
import { FieldErrorDto, ProblemDto } from './openapi-responses.js';

/** Describes every route, as `GET /openapi.json` serves it and `openapi.json` keeps it. */
export function buildOpenApi(app: NestFastifyApplication): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setTitle('Keel')
    .setDescription('The headless CRM API.')
    .setVersion('1')
    .setOpenAPIVersion('3.1.0')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'Access token or API key' })
    .build();
  const document = SwaggerModule.createDocument(app, builder, {
    extraModels: [ProblemDto, FieldErrorDto],
    operationIdFactory: (controller, method) =>
      `${controller.replace(/Controller$/, '')}_${method}`,
  });
  describePathParameters(document);
  return document;
}

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

/** Ids in paths, which `@Id()` reads past Nest's own decorators, stand in the document as well. */
function describePathParameters({ paths }: OpenAPIObject): void {
  for (const [path, item] of Object.entries(paths)) {
    for (const [, name = ''] of path.matchAll(/\{(\w+)\}/g)) {
      for (const operation of Object.values(item as Record<string, Operation>)) {
        operation.parameters ??= [];
        const isDescribed = operation.parameters.some(
          (parameter) => 'name' in parameter && parameter.in === 'path' && parameter.name === name,
        );
        if (isDescribed) continue;
        const schema = { type: 'string', format: name === 'id' ? 'uuid' : undefined };
        operation.parameters.unshift({ name, in: 'path', required: true, schema });
      }
    }
  }
}

const PUBLIC: RoutePolicy = { permission: null, throttle: 'default', idempotency: 'none' };

/** Serves the document at `/openapi.json` and Swagger UI at `/docs`. */
export function serveOpenApi(app: NestFastifyApplication): void {
  let text: string | undefined;
  app
    .getHttpAdapter()
    .getInstance()
    .get('/openapi.json', { config: { keel: PUBLIC } }, (_request, reply) => {
      text ??= JSON.stringify(buildOpenApi(app));
      return reply.type('application/json; charset=utf-8').send(text);
    });
  SwaggerModule.setup('docs', app, () => buildOpenApi(app), {
    raw: false,
    customSiteTitle: 'Keel API',
    swaggerOptions: { persistAuthorization: true, displayRequestDuration: true, filter: true },
  });
}
