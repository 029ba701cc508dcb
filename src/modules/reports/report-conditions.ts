import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { checkCondition, fieldsIn, FilterClock } from '../../common/filter/index.js';
import type { Condition, Relations, TypedCondition } from '../../common/filter/index.js';
import { fieldSchema } from '../../platform/records/filter-schema.js';
import type { ObjectDefinition, PathSpec } from '../../platform/records/object-definition.js';
import { RecordKit } from '../../platform/records/record-kit.js';
import { callerRelations, objectsIn, settingsFor } from '../../platform/records/relations.js';
import type { ReportFields, Target } from './report-fields.js';
import type { ReportQuery } from './report-query.js';
import { ReportTargets } from './report-targets.js';
import { todayIn } from './workspace-clock.js';

/** Milliseconds for which an answer is kept whose condition counts back from now. */
const MOMENT = 60_000;

/** What is to be counted, checked. */
export interface ReportCondition {
  /** What its SQL is written with. */
  filterable: { object: string; paths: Map<string, PathSpec> };
  typed: TypedCondition;
  /** Plurals of the related objects that it asks for. */
  objects: string[];
  /** Differs when the same relative times mean others; null without such. */
  asOf: string | null;
}

/** Reads the conditions of reports. */
@Injectable()
export class ReportConditions {
  constructor(
    private readonly kit: RecordKit,
    private readonly targets: ReportTargets,
  ) {}

  /**
   * Checks a condition over fields, those of records that are pointed to, and related records.
   * @throws Problem 400 for what there is not, 403 for records that the caller may not read.
   */
  async check(
    ctx: RequestContext,
    { where, timeZone }: ReportQuery,
    base: Target,
    fields: ReportFields,
  ): Promise<ReportCondition | null> {
    if (where === undefined) return null;
    const { definition, settings } = base;
    const own = fieldSchema(definition as ObjectDefinition, settings);
    const isOwn = (name: string): boolean => !definition.isPart || definition.paths.has(name);
    const zone = timeZone ?? settings.timeZone;
    const clock = new FilterClock(Date.now(), zone);
    const typed = checkCondition(
      where,
      (name) => (isOwn(name) ? own(name) : undefined) ?? fields.get(name)?.filter,
      {
        fieldNames: () => this.targets.names(base),
        relations: await this.relations(ctx, base, where),
        clock,
      },
    );
    return {
      filterable: { object: definition.object, paths: pathsOf(where, base, fields) },
      typed,
      objects: this.objectsOf(base, where),
      asOf: asOf(clock, zone),
    };
  }

  private async relations(
    ctx: RequestContext,
    { definition }: Target,
    where: Condition,
  ): Promise<Relations> {
    const from = definition as ObjectDefinition;
    const settings = await settingsFor(this.kit, ctx, from, where, true);
    const all = callerRelations(this.kit, ctx, from, settings);
    if (!definition.isPart) return all;
    // Lines lead to their order and their product; what belongs to those is asked of them.
    const names = from.references.flatMap(({ references }) => references?.include ?? []);
    return {
      names: () => names,
      find: (name) => (names.includes(name) ? all.find(name) : undefined),
    };
  }

  private objectsOf({ definition }: Target, where: Condition): string[] {
    const related = objectsIn(this.kit, definition as ObjectDefinition, where);
    return [...related].map(({ plural }) => plural);
  }
}

/** Own paths, and the columns that fields of other records have become. */
function pathsOf(where: Condition, { definition }: Target, fields: ReportFields) {
  const paths = new Map<string, PathSpec>(definition.paths);
  for (const name of fieldsIn(where)) {
    const field = fields.get(name);
    if (field?.column && !paths.has(name))
      paths.set(name, { column: field.column, type: field.filter.type as never });
  }
  return paths;
}

function asOf({ moves }: FilterClock, zone: string): string | null {
  if (moves === null) return null;
  const moment = new Date(Math.floor(Date.now() / MOMENT) * MOMENT).toISOString();
  return moves === 'day' ? todayIn(zone) : moment;
}
