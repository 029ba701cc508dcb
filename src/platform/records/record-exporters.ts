import { Injectable } from '@nestjs/common';
import type { Reach, RequestContext } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import type { ObjectDefinition } from './object-definition.js';
import { RecordExporter } from './record-exporter.js';
import { RecordKit } from './record-kit.js';
import { RecordReader } from './record-reader.js';

/** Finds the exporter of an object by its plural name. */
@Injectable()
export class RecordExporters {
  constructor(private readonly kit: RecordKit) {}

  /** @throws Problem 422 for an unknown object, 403 for one the caller may not read. */
  of(ctx: RequestContext, plural: string): RecordExporter {
    const definition = this.definitionOf(plural);
    if (!ctx.grants.has(`${definition.object}:read`)) {
      throw new Problem('forbidden', `You need the permission ${definition.object}:read.`);
    }
    return new RecordExporter(this.kit, definition, new RecordReader(this.kit, definition));
  }

  /** How far the caller may read the object. */
  reachOf(ctx: RequestContext, plural: string): Reach | undefined {
    return ctx.grants.get(`${this.definitionOf(plural).object}:read`);
  }

  private definitionOf(plural: string): ObjectDefinition {
    const definition = this.kit.byPlural(plural);
    if (definition) return definition;
    const known = this.kit.all().map((item) => item.plural);
    const detail = `must be one of ${known.join(', ')}`;
    throw Problem.validation([{ pointer: '/object', code: 'isIn', detail }]);
  }
}
