import { ApiProperty, ApiPropertyOptional, ApiResponse } from '@nestjs/swagger';
import type { OpenAPIObject } from '@nestjs/swagger';
import { Problem, PROBLEMS } from '../../common/errors.js';
import type { ProblemCode } from '../../common/errors.js';

const REQUEST_ID = '0192f0c1-7c1e-7000-8000-5b1c6a9d2e41';

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
  @ApiProperty({ example: REQUEST_ID }) requestId!: string;
  @ApiPropertyOptional({ type: [FieldErrorDto] }) errors?: FieldErrorDto[];
}

/** Documents the problems a route can answer with, by their statuses. */
export function problemResponses(signedIn: boolean, extra: number[]): MethodDecorator[] {
  const statuses = new Set([400, 429, 500, 503, ...(signedIn ? [401, 403] : []), ...extra]);
  return [...statuses].map((status) => ApiResponse({ status, description: 'Problem' }));
}

interface Operation {
  parameters?: { name?: string }[];
  requestBody?: unknown;
  responses: Record<string, unknown>;
}

/**
 * Explains the problems of every operation: those it declares, and those its body and headers
 * bring along. Each status is described once, with an example of every code it can have.
 */
export function explainProblems(document: OpenAPIObject): void {
  const used = new Set<number>();
  for (const item of Object.values(document.paths)) {
    for (const operation of Object.values(item as Record<string, Operation>)) {
      const declared = Object.keys(operation.responses).map(Number);
      const problems = [...declared, ...impliedProblems(operation)].filter((code) => code >= 400);
      for (const status of problems.sort((a, b) => a - b)) {
        used.add(status);
        operation.responses[status] = { $ref: `#/components/responses/Problem${status}` };
      }
    }
  }
  document.components = {
    ...document.components,
    responses: Object.fromEntries(
      [...used].sort((a, b) => a - b).map((status) => [`Problem${status}`, described(status)]),
    ),
  };
}

function impliedProblems({ parameters = [], requestBody }: Operation): number[] {
  const takes = (header: string) => parameters.some(({ name }) => name === header);
  return [
    ...(requestBody === undefined ? [] : [413, 415, 422]),
    ...(takes('Idempotency-Key') ? [409, 422] : []),
    ...(takes('If-Match') ? [412] : []),
  ];
}

const SOME_FAULTS = [
  { pointer: '/email', code: 'isEmail', detail: 'must be an e-mail address' },
  { pointer: '/companyId', code: 'isUuid', detail: 'must be the id of a record' },
];

function described(status: number) {
  const codes = (Object.keys(PROBLEMS) as ProblemCode[]).filter(
    (code) => PROBLEMS[code].status === status,
  );
  const examples = codes.map((code) => [code, { summary: code, value: exampleOf(code) }] as const);
  return {
    description: codes.map((code) => `\`${code}\`: ${PROBLEMS[code].title}`).join('; '),
    content: {
      'application/problem+json': {
        schema: { $ref: '#/components/schemas/ProblemDto' },
        examples: Object.fromEntries(examples),
      },
    },
  };
}

function exampleOf(code: ProblemCode): Record<string, unknown> {
  const problem =
    code === 'validation'
      ? Problem.validation(SOME_FAULTS)
      : new Problem(code, `${PROBLEMS[code].title}.`);
  return problem.toDocument('/v1/contacts', REQUEST_ID);
}
