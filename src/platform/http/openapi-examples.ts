import type { OpenAPIObject } from '@nestjs/swagger';

type Schema = Record<string, unknown>;
interface Operation {
  requestBody?: { content?: Record<string, { schema?: Schema; example?: unknown }> };
}

/**
 * Gives every JSON body an example that the API takes as it stands. Left alone, Swagger UI makes
 * up values for whatever has no example, such as ids of records that do not exist.
 */
export function giveBodyExamples(document: OpenAPIObject): void {
  const paths = document.paths as Record<string, Record<string, Operation>>;
  for (const item of Object.values(paths)) {
    for (const operation of Object.values(item)) {
      const body = jsonBody(operation);
      if (body?.schema) body.example = exampleOf(body.schema, document);
    }
  }
  // The records of a batch are those of the object it is for.
  for (const [path, item] of Object.entries(paths)) {
    const batch = jsonBody(item['post']);
    const single = jsonBody(paths[path.replace(/\/batch$/, '')]?.['post']);
    if (!path.endsWith('/batch') || !batch || !single) continue;
    batch.example = { ...(batch.example as object), records: [single.example] };
  }
}

function jsonBody(operation: Operation | undefined) {
  return operation?.requestBody?.content?.['application/json'];
}

/** The example of a schema: its own, or made of what its properties give and what they must. */
export function exampleOf(schema: Schema, document: OpenAPIObject): unknown {
  const target = resolve(schema, document);
  if ('example' in target) return target['example'];
  if ('default' in target) return target['default'];
  if (Array.isArray(target['enum'])) return target['enum'][0] as unknown;
  const [type] = [target['type']].flat();
  if (type === 'object' || 'properties' in target) return objectExample(target, document);
  if (type === 'array') return [];
  if (type === 'boolean') return false;
  if (type === 'integer' || type === 'number') return target['minimum'] ?? 1;
  return 'string';
}

function objectExample(schema: Schema, document: OpenAPIObject): Schema {
  const required = (schema['required'] ?? []) as string[];
  const entries: [string, unknown][] = [];
  for (const [name, property] of Object.entries((schema['properties'] ?? {}) as Schema)) {
    const target = resolve(property as Schema, document);
    // The server says it, not the caller; Swagger UI leaves it out as well.
    if (target['readOnly'] === true) continue;
    const isGiven = 'example' in target || 'default' in target;
    const example = exampleOf(target, document);
    // Null would empty the property when the example is sent as a change.
    if (required.includes(name) || (isGiven && example !== null)) entries.push([name, example]);
  }
  // What is read first stands first: names before addresses and lists.
  const isPlain = ([, value]: [string, unknown]) => typeof value !== 'object';
  return Object.fromEntries([
    ...entries.filter(isPlain),
    ...entries.filter((entry) => !isPlain(entry)),
  ]);
}

function resolve(schema: Schema, document: OpenAPIObject): Schema {
  const name = (schema['$ref'] as string | undefined)?.split('/').at(-1);
  if (name === undefined) return schema;
  return (document.components?.schemas?.[name] ?? {}) as Schema;
}
