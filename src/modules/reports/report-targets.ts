import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import { fieldsIn } from '../../common/filter/index.js';
import { filterNames } from '../../platform/records/filter-schema.js';
import type { ObjectDefinition } from '../../platform/records/object-definition.js';
import { RecordKit } from '../../platform/records/record-kit.js';
import { ORDER_LINE } from './line-object.js';
import type { Reportable } from './line-object.js';
import { ReportFields } from './report-fields.js';
import type { Target } from './report-fields.js';
import type { ReportQuery } from './report-query.js';

/** Finds what a report is about. */
@Injectable()
export class ReportTargets {
  constructor(private readonly kit: RecordKit) {}

  /** @throws Problem 422 for an object there is not, 403 for one the caller may not read. */
  async of(ctx: RequestContext, plural: string): Promise<Target> {
    const definition = plural === ORDER_LINE.plural ? ORDER_LINE : this.kit.byPlural(plural);
    if (!definition) {
      const known = [...this.kit.all().map((item) => item.plural), ORDER_LINE.plural];
      const detail = `must be one of ${known.join(', ')}`;
      throw Problem.validation([{ pointer: '/object', code: 'isIn', detail }]);
    }
    if (!ctx.grants.has(`${definition.object}:read`)) {
      throw new Problem('forbidden', `You need the permission ${definition.object}:read.`);
    }
    return this.target(ctx, definition);
  }

  /** The fields of a report, with those of the records its names lead to. */
  async fields(ctx: RequestContext, base: Target, query: ReportQuery): Promise<ReportFields> {
    const names = [
      ...query.dimensions.map(({ field }) => field),
      ...query.measures.flatMap(({ field }) => field ?? []),
      ...fieldsIn(query.where),
    ];
    // Whose orders they are decides which lines are seen.
    if (base.definition.isPart) names.push('order.ownerId');
    const targets = new Map<string, Target>();
    for (const name of names) await this.addTargets(ctx, base.definition, name, targets);
    return new ReportFields(ctx, base, targets);
  }

  /** Names to suggest from, and to show when one is unknown. */
  names({ definition, settings }: Target): string[] {
    const own = definition.isPart
      ? [...definition.paths.keys()]
      : filterNames(definition as ObjectDefinition, settings);
    const related = definition.references.map(({ references }) => `${references?.include}.…`);
    return [...own, ...related, ...(definition.isPart ? [] : ['owner.name'])];
  }

  private async addTargets(
    ctx: RequestContext,
    from: Reportable,
    name: string,
    targets: Map<string, Target>,
  ): Promise<void> {
    const include = name.split('.', 1)[0] as string;
    const field = from.references.find(({ references }) => references?.include === include);
    const object = field?.references?.object;
    const definition = object === undefined ? undefined : this.kit.get(object);
    if (!definition || object === undefined) return;
    if (!targets.has(object)) targets.set(object, await this.target(ctx, definition));
    await this.addTargets(ctx, definition, name.slice(include.length + 1), targets);
  }

  private async target(ctx: RequestContext, definition: Reportable): Promise<Target> {
    const settings = await this.kit.settings.of(ctx, definition as ObjectDefinition, true);
    return { definition, settings };
  }
}
