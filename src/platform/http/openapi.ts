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
  return SwaggerModule.createDocument(app, builder, {
    extraModels: [ProblemDto, FieldErrorDto],
    operationIdFactory: (controller, method) =>
      `${controller.replace(/Controller$/, '')}_${method}`,
  });
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
