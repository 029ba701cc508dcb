import { applyDecorators } from '@nestjs/common';
import { ApiQuery } from '@nestjs/swagger';

/** Documents what the list of users takes. */
export function UserListDocs(): MethodDecorator {
  const text = (name: string, description: string, example?: string): MethodDecorator =>
    ApiQuery({ name, required: false, type: String, description, example });
  return applyDecorators(
    ApiQuery({
      name: 'limit',
      required: false,
      schema: { type: 'integer', minimum: 1, maximum: 500, default: 50 },
    }),
    text('cursor', '`page.nextCursor` of the page before'),
    text('sort', '`name`, `email`, `createdAt` or `id`, with `-` for descending', '-createdAt'),
    text('query', 'Parts of names and e-mail addresses, without regard to case or accents'),
    ApiQuery({
      name: 'count',
      required: false,
      schema: { type: 'string', enum: ['none', 'estimated', 'exact'], default: 'none' },
    }),
    ApiQuery({
      name: 'filter',
      required: false,
      style: 'deepObject',
      explode: true,
      schema: { type: 'object', additionalProperties: true },
      examples: {
        none: { summary: 'No filter', value: {} },
        active: { summary: 'Who works here now', value: { status: 'active' } },
        team: { summary: 'In no team', value: { teamId: { isNull: true } } },
      },
      description:
        '`filter[field]=value` or `filter[field][op]=value`; field: status teamId role name ' +
        'email timeZone createdAt updatedAt id.',
    }),
  );
}
