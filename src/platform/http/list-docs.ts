import { applyDecorators } from '@nestjs/common';
import { ApiHeader, ApiProduces, ApiQuery } from '@nestjs/swagger';

/** Documents the parameters that every list takes. */
export function ListDocs(): MethodDecorator {
  const text = (name: string, description: string, example?: string): MethodDecorator =>
    ApiQuery({ name, required: false, type: String, description, example });
  return applyDecorators(
    ApiQuery({
      name: 'limit',
      required: false,
      schema: { type: 'integer', minimum: 1, maximum: 500, default: 50 },
    }),
    text('cursor', '`page.nextCursor` of the page before'),
    text('sort', 'Up to 5 fields, `-` for descending; empty values come last', '-createdAt'),
    text('query', 'Words, prefixes and parts of names, e-mail, phone and domain'),
    text('fields', 'Only these fields, separated by commas'),
    text('include', 'Related records to embed, at most 5'),
    ApiQuery({
      name: 'count',
      required: false,
      schema: { type: 'string', enum: ['none', 'estimated', 'exact'], default: 'none' },
    }),
    ApiQuery({
      name: 'deleted',
      required: false,
      schema: { type: 'boolean' },
      description: 'true lists the bin',
    }),
    FilterDocs(),
  );
}

const FilterDocs = (): MethodDecorator =>
  ApiQuery({
    name: 'filter',
    required: false,
    style: 'deepObject',
    explode: true,
    schema: { type: 'object', additionalProperties: true },
    examples: {
      none: { summary: 'No filter', value: {} },
      since: { summary: 'Made since', value: { createdAt: { gte: '2026-01-01' } } },
      tag: { summary: 'With a tag', value: { tags: { has: 'vip' } } },
      missing: { summary: 'Without an owner', value: { ownerId: { isNull: true } } },
    },
    description:
      '`filter[field]=value` or `filter[field][op]=value`; op: eq neq gt gte lt lte in nin contains startsWith isNull has. Values of `in` are separated by commas.',
  });

/** Documents If-Match. */
export const IfMatchHeader = (): MethodDecorator =>
  ApiHeader({
    name: 'If-Match',
    required: false,
    description: 'ETag of the record as it was read; 412 when it has changed since',
  });

/** Documents the parameters of a single record. */
export function ViewDocs(): MethodDecorator {
  return applyDecorators(
    ApiQuery({
      name: 'fields',
      required: false,
      type: String,
      description: 'Only these fields, separated by commas',
    }),
    ApiQuery({
      name: 'include',
      required: false,
      type: String,
      description: 'Related records to embed, at most 5',
    }),
    ApiHeader({
      name: 'If-None-Match',
      required: false,
      description: 'ETag of the copy the client has; 304 when it is still good',
    }),
  );
}

/** Documents the parameters of a streaming export. */
export function ExportDocs(): MethodDecorator {
  return applyDecorators(
    ApiQuery({
      name: 'format',
      required: false,
      schema: { type: 'string', enum: ['csv', 'ndjson'], default: 'csv' },
    }),
    ApiQuery({
      name: 'raw',
      required: false,
      schema: { type: 'boolean' },
      description: 'true leaves CSV cells as they are, also those a spreadsheet would run',
    }),
    ApiQuery({ name: 'fields', required: false, type: String }),
    ApiQuery({ name: 'sort', required: false, type: String }),
    ApiQuery({ name: 'query', required: false, type: String }),
    FilterDocs(),
    ApiProduces('text/csv', 'application/x-ndjson'),
  );
}

/** Says what `key` of an upsert may be. */
export const UPSERT_KEY = 'A unique property, `custom.<unique property>` or `externalIds.<source>`';
