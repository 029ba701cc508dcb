import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import type { FieldError } from '../../common/errors.js';
import { Database } from '../../platform/database/database.js';
import type { Transaction } from '../../platform/database/transaction.js';
import { eventOf } from '../../platform/outbox/event.js';
import type { AuditEventType } from '../../platform/outbox/event-types.js';
import { recordEvents } from '../../platform/outbox/record-events.js';
import { RecordKit } from '../../platform/records/record-kit.js';
import { SETTINGS_TAG } from '../../platform/records/record-settings.js';
import { PropertiesRepository } from './properties.repository.js';
import type { PropertyDto, PropertyInput, PropertyPatch } from './property.dto.js';

const WITH_OPTIONS = ['select', 'multiSelect'];
const UNIQUE_TYPES = ['text', 'number', 'date', 'url', 'email', 'reference'];
/** Most properties a workspace may define for one object. */
const MOST_PROPERTIES = 500;

/** Properties that a workspace adds to an object; their values live in `custom`. */
@Injectable()
export class PropertiesService {
  constructor(
    private readonly database: Database,
    private readonly properties: PropertiesRepository,
    private readonly kit: RecordKit,
  ) {}

  async list(ctx: RequestContext, plural: string): Promise<{ data: PropertyDto[] }> {
    const data = await this.properties.list(ctx, this.objectOf(plural));
    return { data: data.map((property) => ({ ...property, object: plural })) };
  }

  /**
   * Defines a property.
   * @throws Problem 404 for an unknown object, 409 for a name in use, 422 for rules that clash.
   */
  async create(ctx: RequestContext, plural: string, input: PropertyInput): Promise<PropertyDto> {
    const object = this.objectOf(plural);
    const errors = this.faultsOf(input);
    if (errors.length > 0) throw Problem.validation(errors);
    return this.database.transaction(ctx, async (tx) => {
      const property = await this.properties.insert(tx, ctx, object, input);
      if (!property) {
        throw new Problem('conflict', `${plural} have had a property ${input.name} before.`);
      }
      if ((await this.properties.count(tx, ctx, object)) > MOST_PROPERTIES) {
        throw new Problem('conflict', `${plural} have at most ${MOST_PROPERTIES} properties.`);
      }
      await this.logged(tx, ctx, 'property.created', property, { created: input });
      return { ...property, object: plural };
    });
  }

  /** Changes label, description, options or whether it is required. */
  async update(
    ctx: RequestContext,
    plural: string,
    name: string,
    patch: PropertyPatch,
  ): Promise<PropertyDto> {
    return this.database.transaction(ctx, async (tx) => {
      const before = await this.locked(tx, ctx, plural, name);
      if (patch.options) await this.assertUnused(tx, ctx, before, patch.options);
      const property = await this.properties.update(tx, ctx, before, patch);
      await this.logged(tx, ctx, 'property.changed', property, { changed: patch });
      return { ...property, object: plural };
    });
  }

  /** Hides a property; values stay in the records and come back in no answer's filters. */
  async archive(ctx: RequestContext, plural: string, name: string): Promise<void> {
    await this.database.transaction(ctx, async (tx) => {
      const property = await this.locked(tx, ctx, plural, name);
      await this.properties.archive(tx, ctx, property);
      await this.logged(tx, ctx, 'property.archived', property, { archived: name });
    });
  }

  private objectOf(plural: string): string {
    const definition = this.kit.byPlural(plural);
    if (definition) return definition.object;
    const known = this.kit.all().map((item) => item.plural);
    const detail = `There is no object ${plural.slice(0, 64)}. Objects: ${known.join(', ')}.`;
    throw new Problem('not-found', detail);
  }

  private faultsOf(input: PropertyInput): FieldError[] {
    const faults: FieldError[] = [];
    const fault = (pointer: string, detail: string): void => {
      faults.push({ pointer, code: 'property', detail });
    };
    const values = (input.options ?? []).map(({ value }) => value);
    if (WITH_OPTIONS.includes(input.type) !== values.length > 0) {
      fault('/options', 'must be given for select and multiSelect, and for no other type');
    }
    if (new Set(values).size < values.length) fault('/options', 'must not repeat a value');
    if (input.unique && !UNIQUE_TYPES.includes(input.type)) {
      fault('/unique', `is possible for ${UNIQUE_TYPES.join(', ')}`);
    }
    if ((input.type === 'reference') !== (input.reference !== undefined)) {
      fault('/reference', 'must be given for a reference, and for no other type');
    } else if (input.reference !== undefined && !this.kit.get(input.reference)) {
      const known = this.kit.all().map((item) => item.object);
      fault('/reference', `must be one of ${known.join(', ')}`);
    }
    return faults;
  }

  private async locked(
    tx: Transaction,
    ctx: RequestContext,
    plural: string,
    name: string,
  ): Promise<PropertyDto> {
    const property = await this.properties.lock(tx, ctx, this.objectOf(plural), name);
    if (!property)
      throw new Problem('not-found', `${plural} have no property ${name.slice(0, 64)}.`);
    return property;
  }

  private async assertUnused(
    tx: Transaction,
    ctx: RequestContext,
    property: PropertyDto,
    options: PropertyPatch['options'],
  ): Promise<void> {
    const kept = new Set(options?.map(({ value }) => value));
    const dropped = property.options.map(({ value }) => value).filter((value) => !kept.has(value));
    const { object, name } = property;
    const used = await this.properties.usedValues(tx, ctx, object, name, dropped);
    if (used.length === 0) return;
    const detail = `Records still have the options ${used.slice(0, 10).join(', ')}. Change them first.`;
    throw new Problem('conflict', detail);
  }

  private async logged(
    tx: Transaction,
    ctx: RequestContext,
    type: AuditEventType,
    property: PropertyDto,
    changes: Record<string, unknown>,
  ): Promise<void> {
    const facts = { type, object: 'properties', changes: { property: property.name, ...changes } };
    await tx.run([recordEvents([eventOf(ctx, facts)])]);
    tx.touch([SETTINGS_TAG, 'properties']);
  }
}
