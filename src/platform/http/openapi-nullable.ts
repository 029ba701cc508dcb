type Node = Record<string, unknown>;

/**
 * Says in every schema below `node` what may be null as OpenAPI 3.1 does, by a type `null`;
 * decorators say it as 3.0 did, by `nullable`, which 3.1 does not know.
 */
export function spellNullable(node: unknown): void {
  if (typeof node !== 'object' || node === null) return;
  const own = node as Node;
  if (own['nullable'] === true) allowNull(own);
  if (typeof own['nullable'] === 'boolean') delete own['nullable'];
  for (const [key, value] of Object.entries(own)) {
    if (key !== 'example' && key !== 'examples') spellNullable(value);
  }
}

function allowNull(schema: Node): void {
  const { type, enum: values, $ref, allOf } = schema;
  if (type !== undefined) {
    const types = Array.isArray(type) ? (type as string[]) : [type as string];
    schema['type'] = [...new Set([...types, 'null'])];
  }
  if (Array.isArray(values))
    schema['enum'] = [...new Set<unknown>([...(values as unknown[]), null])];
  if ($ref === undefined && allOf === undefined) return;
  // A reference cannot be widened in place.
  schema['anyOf'] = [$ref === undefined ? { allOf } : { $ref }, { type: 'null' }];
  delete schema['$ref'];
  delete schema['allOf'];
  delete schema['type'];
}
