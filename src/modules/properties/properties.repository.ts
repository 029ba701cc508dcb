import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { Database } from '../../platform/database/database.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { PropertyDto, PropertyInput, PropertyPatch } from './property.dto.js';

const COLUMNS = `object, name, label, type, description, options, required, uniq as "unique",
  reference, created_at as "createdAt", updated_at as "updatedAt"`;

/** SQL of the definitions of custom properties. */
@Injectable()
export class PropertiesRepository {
  constructor(private readonly database: Database) {}

  list(ctx: RequestContext, object: string): Promise<PropertyDto[]> {
    return this.database.query<PropertyDto>(
      ctx,
      `select ${COLUMNS} from properties
        where workspace_id = $1 and object = $2 and archived_at is null order by name`,
      [ctx.workspaceId, object],
    );
  }

  /** @returns undefined when the name was used before, also by an archived property. */
  async insert(
    tx: Transaction,
    ctx: RequestContext,
    object: string,
    input: PropertyInput,
  ): Promise<PropertyDto | undefined> {
    const [row] = await tx.query<PropertyDto>(
      `insert into properties (workspace_id, object, name, label, type, description, options,
          required, uniq, reference)
        values ($1, $2, $3, $4, $5, $6, $7::jsonb, $8, $9, $10)
        on conflict do nothing returning ${COLUMNS}`,
      [
        ctx.workspaceId,
        object,
        input.name,
        input.label,
        input.type,
        input.description ?? null,
        JSON.stringify(input.options ?? []),
        input.required ?? false,
        input.unique ?? false,
        input.reference ?? null,
      ],
    );
    return row;
  }

  async lock(
    tx: Transaction,
    ctx: RequestContext,
    object: string,
    name: string,
  ): Promise<PropertyDto | undefined> {
    const [row] = await tx.query<PropertyDto>(
      `select ${COLUMNS} from properties where workspace_id = $1 and object = $2 and name = $3
        and archived_at is null for update`,
      [ctx.workspaceId, object, name],
    );
    return row;
  }

  async update(
    tx: Transaction,
    ctx: RequestContext,
    property: PropertyDto,
    patch: PropertyPatch,
  ): Promise<PropertyDto> {
    const [row] = await tx.query<PropertyDto>(
      `update properties set label = $4, description = $5, options = $6::jsonb, required = $7,
          updated_at = now()
        where workspace_id = $1 and object = $2 and name = $3 returning ${COLUMNS}`,
      [
        ctx.workspaceId,
        property.object,
        property.name,
        patch.label ?? property.label,
        patch.description ?? property.description,
        JSON.stringify(patch.options ?? property.options),
        patch.required ?? property.required,
      ],
    );
    return row as PropertyDto;
  }

  async archive(tx: Transaction, ctx: RequestContext, property: PropertyDto): Promise<void> {
    await tx.query(
      `update properties set archived_at = now()
        where workspace_id = $1 and object = $2 and name = $3`,
      [ctx.workspaceId, property.object, property.name],
    );
  }

  async count(tx: Transaction, ctx: RequestContext, object: string): Promise<number> {
    const [row] = await tx.query<{ count: number }>(
      `select count(*) as count from properties
        where workspace_id = $1 and object = $2 and archived_at is null`,
      [ctx.workspaceId, object],
    );
    return row?.count ?? 0;
  }

  /** Values of a select that records still have, among those given. */
  async usedValues(
    tx: Transaction,
    ctx: RequestContext,
    object: string,
    name: string,
    values: readonly string[],
  ): Promise<string[]> {
    const rows = await tx.query<{ value: string }>(
      `select v.value from unnest($4::text[]) as v (value) where exists (
        select from record_index i where i.workspace_id = $1 and i.object = $2 and i.key = $3
          and i.value = v.value)`,
      [ctx.workspaceId, object, `custom.${name}`, values],
    );
    return rows.map(({ value }) => value);
  }
}
