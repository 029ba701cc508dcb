import { Injectable } from '@nestjs/common';
import { fieldChanges } from '../../../common/changes.js';
import type { RequestContext } from '../../../common/context.js';
import { Problem } from '../../../common/errors.js';
import type { FieldError } from '../../../common/errors.js';
import { checkCondition, parseWhere } from '../../../common/filter/index.js';
import type { TypedCondition } from '../../../common/filter/index.js';
import { uuidv7 } from '../../../common/uuid.js';
import { Database } from '../../../platform/database/database.js';
import type { Transaction } from '../../../platform/database/transaction.js';
import { assertVersion } from '../../../platform/http/precondition.js';
import { eventOf } from '../../../platform/outbox/event.js';
import type { EventFacts } from '../../../platform/outbox/event.js';
import { recordEvents } from '../../../platform/outbox/record-events.js';
import { assertTestable } from '../../../platform/records/condition-test.js';
import { fieldSchema, filterNames } from '../../../platform/records/filter-schema.js';
import { RecordKit } from '../../../platform/records/record-kit.js';
import { LEAD } from '../leads.service.js';
import { MOST_RULES } from './assignment-rule.dto.js';
import type {
  AssignmentRuleDto,
  AssignmentRuleInput,
  AssignmentRulePatch,
} from './assignment-rule.dto.js';
import { AssignmentRulesRepository } from './assignment-rules.repository.js';
import type { RuleContent } from './assignment-rules.repository.js';

/** Rules that say who gets which new lead. */
@Injectable()
export class AssignmentRulesService {
  constructor(
    private readonly kit: RecordKit,
    private readonly database: Database,
    private readonly rules: AssignmentRulesRepository,
  ) {}

  /** All of them, in the order in which they are asked. */
  async list(ctx: RequestContext): Promise<{ data: AssignmentRuleDto[] }> {
    return { data: await this.rules.find(ctx) };
  }

  /** @throws Problem 404. */
  async get(ctx: RequestContext, id: string): Promise<AssignmentRuleDto> {
    const rule = await this.rules.findOne(ctx, id);
    if (!rule) throw Problem.notFound('assignment rule', id);
    return rule;
  }

  /** @throws Problem 400 for a `where` that cannot be read, 409 for too many, 422. */
  async create(ctx: RequestContext, input: AssignmentRuleInput): Promise<AssignmentRuleDto> {
    const { place, ...given } = input;
    const content = await this.contentOf(ctx, { ...EMPTY, ...withoutUndefined(given) });
    const id = uuidv7();
    return this.database.transaction(ctx, async (tx) => {
      await this.assertPeople(tx, ctx, content);
      const order = await this.rules.lockOrder(tx, ctx.workspaceId);
      if (order.length >= MOST_RULES) {
        throw new Problem('conflict', `A workspace has at most ${MOST_RULES} assignment rules.`);
      }
      await this.rules.insert(tx, ctx.workspaceId, id, content, order.length + 1);
      await this.rules.order(tx, ctx.workspaceId, placed(order, id, place));
      const changes = { ...content, condition: undefined };
      await tx.run([
        note(ctx, { ...FACTS, type: 'assignmentRule.created', recordId: id, changes }),
      ]);
      return this.get({ ...ctx, tx }, id);
    });
  }

  /** @throws Problem 400, 404, 412, 422. */
  async update(
    ctx: RequestContext,
    id: string,
    patch: AssignmentRulePatch,
    version?: number,
  ): Promise<AssignmentRuleDto> {
    const { place, ...given } = patch;
    return this.database.transaction(ctx, async (tx) => {
      const order = await this.rules.lockOrder(tx, ctx.workspaceId);
      const before = await this.get({ ...ctx, tx }, id);
      assertVersion(version, before.version);
      const content = await this.contentOf(ctx, { ...before, ...withoutUndefined(given) });
      await this.assertPeople(tx, ctx, content);
      const reordered = place === undefined || place === before.place;
      const changes = {
        ...fieldChanges(shown(before), shown(content)),
        ...(reordered ? {} : { place: [before.place, place] }),
      };
      if (Object.keys(changes).length === 0) return before;
      await this.rules.update(tx, ctx.workspaceId, id, content);
      if (!reordered) await this.rules.order(tx, ctx.workspaceId, placed(order, id, place));
      await tx.run([
        note(ctx, { ...FACTS, type: 'assignmentRule.changed', recordId: id, changes }),
      ]);
      return this.get({ ...ctx, tx }, id);
    });
  }

  /** @throws Problem 404. */
  async remove(ctx: RequestContext, id: string): Promise<void> {
    await this.database.transaction(ctx, async (tx) => {
      const order = await this.rules.lockOrder(tx, ctx.workspaceId);
      const { name } = await this.get({ ...ctx, tx }, id);
      await this.rules.remove(tx, ctx.workspaceId, id);
      await this.rules.order(tx, ctx.workspaceId, placed(order, id, null));
      const facts = { ...FACTS, recordId: id, changes: { name } };
      await tx.run([note(ctx, { ...facts, type: 'assignmentRule.removed' })]);
    });
  }

  private async contentOf(
    ctx: RequestContext,
    rule: Omit<RuleContent, 'condition'>,
  ): Promise<RuleContent> {
    const { name, active, where, method, userIds, teamId } = rule;
    const isTeam = teamId !== null;
    if (isTeam === userIds.length > 0) {
      const detail = isTeam ? 'stand beside a team; give one of them' : 'must be given, or a team';
      throw Problem.validation([{ pointer: '/userIds', code: 'isNotEmpty', detail }]);
    }
    const condition = await this.conditionOf(ctx, where);
    return { name, active, where, method, userIds: [...new Set(userIds)], teamId, condition };
  }

  private async conditionOf(
    ctx: RequestContext,
    where: object | null,
  ): Promise<TypedCondition | null> {
    if (where === null) return null;
    const settings = await this.kit.settings.of(ctx, LEAD, true);
    const asked = parseWhere(where);
    const condition = checkCondition(asked, fieldSchema(LEAD, settings), {
      fieldNames: () => filterNames(LEAD, settings),
    });
    assertTestable(asked);
    return condition;
  }

  private async assertPeople(
    tx: Transaction,
    ctx: RequestContext,
    { userIds, teamId }: RuleContent,
  ): Promise<void> {
    const ids = teamId === null ? userIds : [...userIds, teamId];
    const found = await this.rules.existing(tx, ctx.workspaceId, ids);
    const lost = (pointer: string, what: string, id: string): FieldError[] =>
      found.has(id.toLowerCase())
        ? []
        : [{ pointer, code: 'reference', detail: `there is no ${what} ${id}` }];
    const errors = [
      ...userIds.flatMap((id, index) => lost(`/userIds/${index}`, 'user', id)),
      ...(teamId === null ? [] : lost('/teamId', 'team', teamId)),
    ];
    if (errors.length > 0) throw Problem.validation(errors);
  }
}

const EMPTY = { active: true, where: null, userIds: [], teamId: null };
const FACTS = { object: 'assignment-rules' } as const;

const note = (ctx: RequestContext, facts: EventFacts) => recordEvents([eventOf(ctx, facts)]);

/** The members that a body has; null is kept, for it empties. */
function withoutUndefined<T extends object>(input: T): T {
  const entries = Object.entries(input).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as T;
}

const shown = ({
  name,
  active,
  where,
  method,
  userIds,
  teamId,
}: Omit<RuleContent, 'condition'>) => ({
  ...{ name, active, where, method, userIds, teamId },
});

/** The order with a rule at a place from 1: at the end for undefined, out of it for null. */
function placed(order: readonly string[], id: string, place: number | null | undefined): string[] {
  const others = order.filter((other) => other !== id);
  if (place === null) return others;
  const index = place === undefined ? others.length : place - 1;
  return [...others.slice(0, index), id, ...others.slice(index)];
}
