import { createParamDecorator } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import { ApiHeader, ApiProduces, ApiQuery } from '@nestjs/swagger';
import { applyDecorators } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Problem } from '../../common/errors.js';
import type { ReportFormat } from './report-table.js';

const FORMATS: readonly ReportFormat[] = ['json', 'csv'];

/** `format=csv`, or `Accept: text/csv`; JSON otherwise. @throws Problem 400 for another format. */
export const Format = createParamDecorator(
  (_: unknown, context: ExecutionContext): ReportFormat => {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const { format } = request.query as Record<string, unknown>;
    if (format === undefined) return accepts(request.headers.accept) ? 'csv' : 'json';
    const known = FORMATS.find((name) => name === format);
    if (!known) throw new Problem('invalid-parameter', `format must be ${FORMATS.join(' or ')}.`);
    return known;
  },
);

/** Whether CSV is asked for, and JSON is not. */
const accepts = (header: string | undefined): boolean =>
  header !== undefined && /^\s*text\/csv\b/i.test(header);

/** Documents the formats of a report. */
export const ReportFormats = (): MethodDecorator =>
  applyDecorators(
    ApiProduces('application/json', 'text/csv'),
    ApiHeader({
      name: 'Accept',
      required: false,
      description: '`text/csv` for the rows as CSV with a header; `format=csv` is the same',
    }),
  );

/** Documents `format` where no class of parameters does. */
export const FormatDocs = (): MethodDecorator =>
  applyDecorators(
    ApiQuery({
      name: 'format',
      required: false,
      schema: { type: 'string', enum: [...FORMATS], default: 'json' },
    }),
    ReportFormats(),
  );
