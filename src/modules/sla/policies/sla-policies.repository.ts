import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../../common/context.js';
import type { TypedCondition } from '../../../common/filter/index.js';
import { Database } from '../../../platform/database/database.js';
import type { Transaction } from '../../../platform/database/transaction.js';
import type { SlaTerms } from '../clocks/sla-terms.js';
import type { SlaPolicyDto } from './sla-policy.dto.js';

/** What is stored of a policy besides its id, version, times and place. */
export interface PolicyContent extends Pick<SlaPolicyDto, 'name' | 'active' | 'where'> {
  condition: TypedCondition | null;
  terms: SlaTerms;
}

type PolicyRow = Omit<SlaPolicyDto, keyof SlaTerms> & { terms: SlaTerms };

const SELECT = `
  select p.id, p.version, p.created_at as "createdAt", p.updated_at as "updatedAt", p.name,
    p.active, p.place, p."where", v.terms
  from sla_policies p join sla_policy_versions v
    on v.workspace_id = p.workspace_id and v.policy_id = p.id and v.version = p.version
  where p.workspace_id = $1`;

/** SQL of the policies' own life; clocks read what their versions say. */
@Injectable()
export class SlaPoliciesRepository {
  constructor(private readonly database: Database) {}

  /** All of them, in their order. */
  async find(ctx: RequestContext): Promise<SlaPolicyDto[]> {
    const sql = `${SELECT} order by p.place, p.id`;
    const rows = await this.database.query<PolicyRow & Record<string, unknown>>(ctx, sql, [
      ctx.workspaceId,
    ]);
    return rows.map(dtoOf);
  }

  async findOne(ctx: RequestContext, id: string): Promise<SlaPolicyDto | null> {
    const sql = `${SELECT} and p.id = $2`;
    const [row] = await this.database.query<PolicyRow & Record<string, unknown>>(ctx, sql, [
      ...[ctx.workspaceId, id],
    ]);
    return row ? dtoOf(row) : null;
  }

  /** Where the workspace's clocks hang. */
  async timeZone({ workspaceId, tx }: RequestContext): Promise<string> {
    const [row] = await this.database.query<{ zone: string }>(
      { workspaceId, tx },
      'select time_zone as zone from workspaces where id = $1',
      [workspaceId],
    );
    return row?.zone ?? 'UTC';
  }

  /** Keeps others from changing the order, and reads it. */
  async lockOrder(tx: Transaction, workspaceId: string): Promise<string[]> {
    const [, result] = await tx.run([
      { text: 'select pg_advisory_xact_lock(5203353, hashtext($1))', params: [workspaceId] },
      {
        text: 'select id from sla_policies where workspace_id = $1 order by place, id',
        params: [workspaceId],
      },
    ]);
    return (result?.rows ?? []).map(({ id }) => id as string);
  }

  /** Which of the users and teams are there. */
  async existing(
    tx: Transaction,
    workspaceId: string,
    ids: readonly string[],
  ): Promise<Set<string>> {
    const rows = await tx.query<{ id: string }>(
      `select id from users where workspace_id = $1 and id = any($2::uuid[])
       union all
       select id from teams where workspace_id = $1 and id = any($2::uuid[])
         and deleted_at is null`,
      [workspaceId, ids],
    );
    return new Set(rows.map(({ id }) => id));
  }

  async insert(
    tx: Transaction,
    workspaceId: string,
    id: string,
    policy: PolicyContent,
    place: number,
  ): Promise<void> {
    await tx.run([
      {
        text: `insert into sla_policies (workspace_id, id, name, active, "where", condition, place)
          values ($1, $2, $3, $4, $5, $6, $7)`,
        params: [workspaceId, id, ...contentParams(policy), place],
      },
      versionStatement(workspaceId, id, 1, policy.terms),
    ]);
  }

  /** Makes the next version. */
  async update(
    tx: Transaction,
    workspaceId: string,
    { id, version }: Pick<SlaPolicyDto, 'id' | 'version'>,
    policy: PolicyContent,
  ): Promise<void> {
    await tx.run([
      {
        text: `update sla_policies set name = $3, active = $4, "where" = $5, condition = $6,
            version = version + 1, updated_at = now()
          where workspace_id = $1 and id = $2`,
        params: [workspaceId, id, ...contentParams(policy)],
      },
      versionStatement(workspaceId, id, version + 1, policy.terms),
    ]);
  }

  /** Numbers the policies from 1 in the order of `ids`. */
  async order(tx: Transaction, workspaceId: string, ids: readonly string[]): Promise<void> {
    await tx.query(
      `update sla_policies p set place = o.place
       from unnest($2::uuid[]) with ordinality as o (id, place)
       where p.workspace_id = $1 and p.id = o.id and p.place <> o.place`,
      [workspaceId, ids],
    );
  }

  /** Its versions stay: clocks run by them until they are looked at again. */
  async remove(tx: Transaction, workspaceId: string, id: string): Promise<void> {
    await tx.query('delete from sla_policies where workspace_id = $1 and id = $2', [
      workspaceId,
      id,
    ]);
  }
}

const contentParams = ({ name, active, where, condition }: PolicyContent): unknown[] => [
  name,
  active,
  where === null ? null : JSON.stringify(where),
  condition === null ? null : JSON.stringify(condition),
];

const versionStatement = (workspaceId: string, id: string, version: number, terms: SlaTerms) => ({
  text: `insert into sla_policy_versions (workspace_id, policy_id, version, terms)
    values ($1, $2, $3, $4)`,
  params: [workspaceId, id, version, JSON.stringify(terms)],
});

const dtoOf = ({ terms, ...head }: PolicyRow): SlaPolicyDto => ({ ...head, ...terms });
