import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../../common/context.js';
import { fulfils } from '../../../platform/records/condition-test.js';
import type { ObjectDefinition } from '../../../platform/records/object-definition.js';
import type { Draft, Questions } from '../../../platform/records/record-rules.js';
import type { RecordRow } from '../../../platform/records/stored-row.js';
import { AvailabilityService } from '../../users/index.js';
import { findActiveRules, keepTurns, lockTurns, openLeadsOf } from './assignment.repository.js';
import type { ActiveRule } from './assignment.repository.js';
import { RuleTurns } from './rule-turns.js';
import type { Takers } from './rule-turns.js';

/** Whom a rule gives a lead to. */
export interface Assignment {
  ruleId: string;
  ownerId: string;
}

/** Gives leads to people by the rules of the workspace. */
@Injectable()
export class LeadAssigner {
  constructor(private readonly availability: AvailabilityService) {}

  /**
   * Chooses the owners of new leads that nobody has named an owner for. Where no rule fits, or
   * nobody of it is there, the acting user keeps them.
   */
  async assignDrafts(
    definition: ObjectDefinition,
    db: Questions,
    ctx: RequestContext,
    drafts: readonly Draft[],
  ): Promise<void> {
    const isOwnOnly = ctx.grants.get('lead:create') === 'own';
    if (db.automations === false || isOwnOnly) return;
    const fresh = drafts.filter(({ before, ownerIsDefault }) => !before && ownerIsDefault);
    const rows = fresh.map(({ after }) => after);
    const assigned = await this.choose(definition, db, ctx, rows);
    const at = new Date().toISOString();
    fresh.forEach(({ after }, index) => {
      const assignment = assigned[index];
      if (!assignment) return;
      after.ownerId = assignment.ownerId;
      Object.assign(after.values, { assigned_by: assignment.ruleId, assigned_at: at });
    });
  }

  /**
   * Chooses for each lead by the first rule that fits and has somebody there. The turns of those
   * rules stay locked until the transaction ends, so that turns are fair however many choose.
   * @param ctx with the transaction that writes the leads.
   * @returns one for each row; null where no rule has anybody.
   */
  async choose(
    definition: ObjectDefinition,
    db: Questions,
    ctx: RequestContext,
    rows: readonly RecordRow[],
  ): Promise<(Assignment | null)[]> {
    const rules = rows.length === 0 ? [] : await findActiveRules(db, ctx.workspaceId);
    const fitting = rows.map((row) =>
      rules.filter(({ condition }) => condition === null || fulfils(definition, condition, row)),
    );
    const used = rules.filter((rule) => fitting.some((list) => list.includes(rule)));
    if (used.length === 0) return rows.map(() => null);
    const turns = await this.turnsOf(db, ctx, used);
    const before = new Map([...turns].map(([id, { last }]) => [id, last]));
    const chosen = fitting.map((list) => firstOf(list, turns));
    const moved = [...turns].flatMap(([id, { last }]): [string, string][] =>
      last === null || last === before.get(id) ? [] : [[id, last]],
    );
    if (moved.length > 0 && !db.dryRun) await keepTurns(db, ctx.workspaceId, new Map(moved));
    return chosen;
  }

  private async turnsOf(
    db: Questions,
    ctx: RequestContext,
    rules: readonly ActiveRule[],
  ): Promise<Map<string, RuleTurns>> {
    const ids = rules.map(({ id }) => id);
    const last = await lockTurns(db, ctx.workspaceId, ids);
    const takers = await this.takersOf(ctx, [...new Set(rules.flatMap((rule) => rule.userIds))]);
    const people = [...new Set([...takers.values()].filter((id) => id !== null))];
    const weighs = rules.some(({ method }) => method === 'leastLoad');
    const loads = weighs
      ? await openLeadsOf(db, ctx.workspaceId, people)
      : new Map<string, number>();
    return new Map(
      rules.map(({ id, method, userIds }) => [
        id,
        new RuleTurns(method, userIds, takers, last.get(id) ?? null, loads),
      ]),
    );
  }

  /** Somebody who is out has their stand-in take their leads; who has left takes none. */
  private async takersOf(ctx: RequestContext, userIds: readonly string[]): Promise<Takers> {
    const found = await this.availability.availabilityOf(ctx, userIds);
    return new Map(
      userIds.map((id) => {
        const { status, standIn } = found.get(id) ?? { status: 'inactive', standIn: null };
        if (status === 'inactive') return [id, null];
        return [id, status === 'outOfOffice' ? (standIn?.id ?? null) : id];
      }),
    );
  }
}

function firstOf(
  rules: readonly ActiveRule[],
  turns: ReadonlyMap<string, RuleTurns>,
): Assignment | null {
  for (const { id } of rules) {
    const ownerId = turns.get(id)?.next() ?? null;
    if (ownerId !== null) return { ruleId: id, ownerId };
  }
  return null;
}
