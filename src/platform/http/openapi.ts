import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { OpenAPIObject } from '@nestjs/swagger';
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

/** Serves Swagger UI at `/docs`; the document itself is a route of the API. */
export function serveOpenApi(app: NestFastifyApplication): void {
  SwaggerModule.setup('docs', app, () => buildOpenApi(app), {
    jsonDocumentUrl: 'docs/openapi.json',
    customSiteTitle: 'Keel API',
    swaggerOptions: { persistAuthorization: true, displayRequestDuration: true, filter: true },
  });
}
