import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import type { ObjectDefinition } from './object-definition.js';
import type { RecordCompanion } from './record-companion.js';
import { searchSourceOf } from './record-search.js';
import { partSourceOf } from '../search/search-part.js';
import { SearchSources } from '../search/search-source.js';
import { RecordSettings } from './record-settings.js';

/** What the parts of every object's service are made of, and where objects find each other. */
@Injectable()
export class RecordKit {
  private readonly definitions = new Map<string, ObjectDefinition>();
  private readonly companions: RecordCompanion[] = [];

  constructor(
    readonly database: Database,
    readonly settings: RecordSettings,
    private readonly searchSources: SearchSources,
  ) {}

  /** Makes an object known to includes, references, imports and search. */
  register(definition: ObjectDefinition): void {
    this.definitions.set(definition.object, definition);
    this.searchSources.register(searchSourceOf(this.database, definition));
    const { searchPart } = definition;
    if (searchPart)
      this.searchSources.register(partSourceOf(this.database, searchPart, definition.table));
  }

  /** Lets another domain have a part in merges and purges of an object's records. */
  accompany(companion: RecordCompanion): void {
    this.companions.push(companion);
  }

  companionsOf(object: string): RecordCompanion[] {
    return this.companions.filter((companion) => companion.object === object);
  }

  /** The object by its singular name. */
  get(object: string): ObjectDefinition | undefined {
    return this.definitions.get(object);
  }

  /** The object by its plural name, as in paths. */
  byPlural(plural: string): ObjectDefinition | undefined {
    return this.all().find((definition) => definition.plural === plural);
  }

  all(): ObjectDefinition[] {
    return [...this.definitions.values()];
  }
}
