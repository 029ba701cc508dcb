import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { Database } from '../database/database.js';
import type { CustomProperty } from './custom-properties.js';
import type { ObjectDefinition } from './object-definition.js';

/** What a workspace has settled for the records of an object. */
export interface WorkspaceSettings {
  country: string | null;
  currency: string;
  /** IANA name. */
  timeZone: string;
  properties: ReadonlyMap<string, CustomProperty>;
}

interface Remembered {
  settings: WorkspaceSettings;
  readAt: number;
}

/** Milliseconds for which settings of another instance's making may be missed. */
const FRESH = 1000;
const MOST_WORKSPACES = 10_000;

/** Tag of commits that change a workspace's settings or custom properties. */
export const SETTINGS_TAG = 'settings';

/** Country, currency and custom properties of workspaces, remembered for a second. */
@Injectable()
export class RecordSettings {
  private readonly remembered = new Map<string, Remembered>();

  constructor(private readonly database: Database) {
    database.onCommit((workspaceId, tags) => {
      if (tags.includes(SETTINGS_TAG)) this.forget(workspaceId);
    });
  }

  /** @param fresh reads again what was remembered, such as after an unknown property. */
  async of(
    ctx: RequestContext,
    definition: ObjectDefinition,
    fresh = false,
  ): Promise<WorkspaceSettings> {
    const key = `${ctx.workspaceId}/${definition.object}`;
    const known = this.remembered.get(key);
    if (known && !fresh && performance.now() - known.readAt < FRESH) return known.settings;
    const settings = await this.read(ctx, definition);
    if (this.remembered.size >= MOST_WORKSPACES) this.remembered.clear();
    this.remembered.set(key, { settings, readAt: performance.now() });
    return settings;
  }

  private async read(
    ctx: RequestContext,
    definition: ObjectDefinition,
  ): Promise<WorkspaceSettings> {
    const [workspaces, properties] = await this.database.run(ctx, [
      {
        text: 'select default_country, default_currency, time_zone from workspaces where id = $1',
        params: [ctx.workspaceId],
      },
      {
        text: `select name, label, type, options, required, uniq as "unique", reference
          from properties where workspace_id = $1 and object = $2 and archived_at is null`,
        params: [ctx.workspaceId, definition.object],
      },
    ]);
    const workspace = workspaces?.rows[0];
    const list = (properties?.rows ?? []) as unknown as CustomProperty[];
    return {
      country: (workspace?.['default_country'] as string | null | undefined) ?? null,
      currency: (workspace?.['default_currency'] as string | undefined) ?? 'EUR',
      timeZone: (workspace?.['time_zone'] as string | undefined) ?? 'UTC',
      properties: new Map(list.map((property) => [property.name, property])),
    };
  }

  private forget(workspaceId: string): void {
    for (const key of this.remembered.keys()) {
      if (key.startsWith(workspaceId)) this.remembered.delete(key);
    }
  }
}
