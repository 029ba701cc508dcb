import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { OpenAPIObject } from '@nestjs/swagger';
import { SESSION_OPTIONS } from './docs-session.js';
import type { RoutePolicy } from './endpoint.decorator.js';
import { giveBodyExamples } from './openapi-examples.js';
import { spellNullable } from './openapi-nullable.js';
import { explainProblems, FieldErrorDto, ProblemDto } from './openapi-responses.js';
import { INTRODUCTION, TAGS } from './openapi-text.js';

/** Describes every route, as `GET /openapi.json` serves it and `openapi.json` keeps it. */
export function buildOpenApi(app: NestFastifyApplication): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setTitle('Keel')
    .setDescription(INTRODUCTION)
    .setVersion('1')
    .setOpenAPIVersion('3.1.0')
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'Access token or API key' })
    .build();
  const created = SwaggerModule.createDocument(app, builder, {
    extraModels: [ProblemDto, FieldErrorDto],
    operationIdFactory: (controller, method) =>
      `${controller.replace(/Controller$/, '')}_${method}`,
  });
  // Parts of it belong to the decorators, which must stay as they are.
  const document = JSON.parse(JSON.stringify(created)) as OpenAPIObject;
  describeParameters(document);
  explainProblems(document);
  spellNullable(document);
  giveBodyExamples(document);
  document.tags = tagsOf(document);
  return document;
}

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

/** Parameters that are read past Nest's own decorators stand in the document as well. */
function describeParameters({ paths }: OpenAPIObject): void {
  for (const [path, item] of Object.entries(paths)) {
    for (const operation of Object.values(item as Record<string, Operation>)) {
      const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
      for (const name of names.reverse()) describePathParameter(operation, name);
      if ('304' in operation.responses) describeIfNoneMatch(operation);
    }
  }
}

/** What stands in a box of Swagger UI to begin with. */
const PATH_EXAMPLES: Record<string, string> = { object: 'contacts', name: 'tier' };

function describePathParameter(operation: Operation, name: string): void {
  const parameters = (operation.parameters ??= []);
  const example = PATH_EXAMPLES[name];
  for (const parameter of parameters) {
    if (!('name' in parameter) || parameter.in !== 'path' || parameter.name !== name) continue;
    if (example !== undefined) parameter.example ??= example;
    return;
  }
  const schema = { type: 'string', ...(name === 'id' ? { format: 'uuid' } : {}) };
  parameters.unshift({ name, in: 'path', required: true, schema });
}

function describeIfNoneMatch(operation: Operation): void {
  const name = 'If-None-Match';
  const parameters = (operation.parameters ??= []);
  if (parameters.some((parameter) => 'name' in parameter && parameter.name === name)) return;
  const description = 'ETag of the copy the client has; 304 when it is still good';
  parameters.push({ name, in: 'header', required: false, description, schema: { type: 'string' } });
}

/** The known domains that there are operations of, then any others. */
function tagsOf({ paths }: OpenAPIObject): { name: string; description?: string }[] {
  const operations = Object.values(paths).flatMap((item) => Object.values(item) as Operation[]);
  const used = new Set(operations.flatMap(({ tags = [] }) => tags));
  const known = TAGS.filter(({ name }) => used.delete(name));
  return [...known, ...[...used].map((name) => ({ name }))];
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
    customCss: '.swagger-ui .topbar { display: none }',
    swaggerOptions: {
      ...SESSION_OPTIONS,
      displayRequestDuration: true,
      filter: true,
      docExpansion: 'none',
      tryItOutEnabled: true,
      defaultModelsExpandDepth: 0,
    },
  });
}
