import { ApiProperty, ApiPropertyOptional, ApiResponse } from '@nestjs/swagger';
import { PROBLEMS } from '../../common/errors.js';

/** One fault of a request; see `FieldError`. */
export class FieldErrorDto {
  @ApiProperty({ example: '/email', description: 'JSON pointer to the value' }) pointer!: string;
  @ApiProperty({ example: 'isEmail' }) code!: string;
  @ApiProperty({ example: 'must be an email address' }) detail!: string;
}

/** RFC 9457 problem details. */
export class ProblemDto {
  @ApiProperty({ example: '/problems/validation' }) type!: string;
  @ApiProperty({ example: 'Validation failed' }) title!: string;
  @ApiProperty({ example: 422 }) status!: number;
  @ApiProperty({ example: 'validation', enum: Object.keys(PROBLEMS) }) code!: string;
  @ApiProperty({ example: '1 field is not valid.' }) detail!: string;
  @ApiProperty({ example: '/v1/contacts' }) instance!: string;
  @ApiProperty({ example: '019a…' }) requestId!: string;
  @ApiPropertyOptional({ type: [FieldErrorDto] }) errors?: FieldErrorDto[];
}

const TITLES = new Map<number, string>();
for (const { status, title } of Object.values(PROBLEMS)) {
  if (!TITLES.has(status)) TITLES.set(status, title);
}

/** Documents the problems a route can answer with. */
export function problemResponses(signedIn: boolean, extra: number[]): MethodDecorator[] {
  const statuses = new Set([400, 429, 500, 503, ...(signedIn ? [401, 403] : []), ...extra]);
  return [...statuses]
    .sort((a, b) => a - b)
    .map((status) =>
      ApiResponse({
        status,
        description: TITLES.get(status) ?? 'Problem',
        content: {
          'application/problem+json': { schema: { $ref: '#/components/schemas/ProblemDto' } },
        },
      }),
    );
}
