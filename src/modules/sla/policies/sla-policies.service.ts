import { Injectable } from '@nestjs/common';
import { fieldChanges } from '../../../common/changes.js';
import { Clock } from '../../../common/clock.js';
import type { RequestContext } from '../../../common/context.js';
import { Problem } from '../../../common/errors.js';
import type { TypedCondition } from '../../../common/filter/index.js';
import { uuidv7 } from '../../../common/uuid.js';
import { Database } from '../../../platform/database/database.js';
import type { Transaction } from '../../../platform/database/transaction.js';
import { assertVersion } from '../../../platform/http/precondition.js';
import { eventOf } from '../../../platform/outbox/event.js';
import type { EventFacts } from '../../../platform/outbox/event.js';
import { recordEvents } from '../../../platform/outbox/record-events.js';
import { JobQueue } from '../../../platform/queue/job-queue.js';
import type { ObjectDefinition } from '../../../platform/records/object-definition.js';
import { RecordKit } from '../../../platform/records/record-kit.js';
import type { SlaTerms } from '../clocks/sla-terms.js';
import { ApplySlaPolicies } from './apply-policies.job.js';
import { missingPeople } from './escalation-people.js';
import { policyCondition } from './policy-condition.js';
import { MOST_POLICIES } from './sla-policy.dto.js';
import type { SlaPolicyDto, SlaPolicyInput, SlaPolicyPatch } from './sla-policy.dto.js';
import { SlaPoliciesRepository } from './sla-policies.repository.js';
import type { PolicyContent } from './sla-policies.repository.js';
import { readTerms } from './terms-input.js';

const USUAL = {
  ...{ targets: {}, workingHours: null, holidays: [], pauseIn: ['pending'] },
  ...{ warnAtPercent: 80, warnBeforeMinutes: null, escalations: [] },
} satisfies Omit<SlaTerms, 'timeZone'>;

const FACTS = { object: 'sla-policies' } as const;

/** What is promised to whom. Open tickets go by a change within seconds. */
@Injectable()
export class SlaPoliciesService {
  constructor(
    private readonly kit: RecordKit,
    private readonly database: Database,
    private readonly policies: SlaPoliciesRepository,
    private readonly jobs: JobQueue,
    private readonly clock: Clock,
  ) {}

  /** All of them, in the order in which they are asked. */
  async list(ctx: RequestContext): Promise<{ data: SlaPolicyDto[] }> {
    return { data: await this.policies.find(ctx) };
  }

  /** @throws Problem 404. */
  async get(ctx: RequestContext, id: string): Promise<SlaPolicyDto> {
    const policy = await this.policies.findOne(ctx, id);
    if (!policy) throw Problem.notFound('SLA policy', id);
    return policy;
  }

  /** @throws Problem 400 for a `where` that cannot be read, 409 for too many, 422. */
  async create(ctx: RequestContext, input: SlaPolicyInput): Promise<SlaPolicyDto> {
    const { place, name, active = true, where = null, ...said } = input;
    const usual = { ...USUAL, timeZone: await this.policies.timeZone(ctx) };
    const terms = readTerms(usual, said, this.clock.now());
    const content = { name, active, where, terms, condition: await this.conditionOf(ctx, where) };
    const id = uuidv7();
    return this.database.transaction(ctx, async (tx) => {
      await this.assertPeople(tx, ctx, terms);
      const order = await this.policies.lockOrder(tx, ctx.workspaceId);
      if (order.length >= MOST_POLICIES) {
        throw new Problem('conflict', `A workspace has at most ${MOST_POLICIES} SLA policies.`);
      }
      await this.policies.insert(tx, ctx.workspaceId, id, content, order.length + 1);
      await this.policies.order(tx, ctx.workspaceId, placed(order, id, place));
      const changes = { name, active, where, ...terms };
      await this.tell(tx, ctx, { ...FACTS, type: 'slaPolicy.created', recordId: id, changes });
      return this.get({ ...ctx, tx }, id);
    });
  }

  /** @throws Problem 400, 404, 412, 422. */
  async update(
    ctx: RequestContext,
    id: string,
    patch: SlaPolicyPatch,
    version?: number,
  ): Promise<SlaPolicyDto> {
    return this.database.transaction(ctx, async (tx) => {
      const order = await this.policies.lockOrder(tx, ctx.workspaceId);
      const before = await this.get({ ...ctx, tx }, id);
      assertVersion(version, before.version);
      const content = await this.changed(ctx, before, patch);
      await this.assertPeople(tx, ctx, content.terms);
      const { place = before.place } = patch;
      const changes = {
        ...fieldChanges(shown(before), shown({ ...content, ...content.terms })),
        ...(place === before.place ? {} : { place: [before.place, place] }),
      };
      if (Object.keys(changes).length === 0) return before;
      await this.policies.update(tx, ctx.workspaceId, before, content);
      await this.policies.order(tx, ctx.workspaceId, placed(order, id, place));
      await this.tell(tx, ctx, { ...FACTS, type: 'slaPolicy.changed', recordId: id, changes });
      return this.get({ ...ctx, tx }, id);
    });
  }

  /** @throws Problem 404. */
  async remove(ctx: RequestContext, id: string): Promise<void> {
    await this.database.transaction(ctx, async (tx) => {
      const order = await this.policies.lockOrder(tx, ctx.workspaceId);
      const { name } = await this.get({ ...ctx, tx }, id);
      await this.policies.remove(tx, ctx.workspaceId, id);
      await this.policies.order(tx, ctx.workspaceId, placed(order, id, null));
      const changes = { name };
      await this.tell(tx, ctx, { ...FACTS, type: 'slaPolicy.removed', recordId: id, changes });
    });
  }

  private async changed(
    ctx: RequestContext,
    before: SlaPolicyDto,
    { name, active, where, place: _, ...said }: SlaPolicyPatch,
  ): Promise<PolicyContent> {
    const condition = where === undefined ? before.where : where;
    return {
      name: name ?? before.name,
      active: active ?? before.active,
      where: condition,
      terms: readTerms(termsOf(before), said, this.clock.now()),
      condition: await this.conditionOf(ctx, condition),
    };
  }

  private async conditionOf(
    ctx: RequestContext,
    where: object | null,
  ): Promise<TypedCondition | null> {
    if (where === null) return null;
    const tickets = this.kit.get('ticket') as ObjectDefinition;
    return policyCondition(where, tickets, await this.kit.settings.of(ctx, tickets, true));
  }

  private async assertPeople(tx: Transaction, ctx: RequestContext, terms: SlaTerms): Promise<void> {
    const errors = await missingPeople(terms.escalations, (ids) =>
      this.policies.existing(tx, ctx.workspaceId, ids),
    );
    if (errors.length > 0) throw Problem.validation(errors);
  }

  /** Tells of the change, and has the open tickets go by it. */
  private async tell(tx: Transaction, ctx: RequestContext, facts: EventFacts): Promise<void> {
    await tx.run([recordEvents([eventOf(ctx, facts)])]);
    await this.jobs.enqueue(tx, ApplySlaPolicies, {});
  }
}

const termsOf = (policy: SlaPolicyDto): SlaTerms => ({
  targets: policy.targets,
  timeZone: policy.timeZone,
  workingHours: policy.workingHours,
  holidays: policy.holidays,
  pauseIn: policy.pauseIn,
  warnAtPercent: policy.warnAtPercent,
  warnBeforeMinutes: policy.warnBeforeMinutes,
  escalations: policy.escalations,
});

const shown = (policy: SlaTerms & Pick<SlaPolicyDto, 'name' | 'active' | 'where'>) => ({
  ...{ name: policy.name, active: policy.active, where: policy.where },
  ...termsOf(policy as SlaPolicyDto),
});

/** The order with a policy at a place from 1: at the end for undefined, out of it for null. */
function placed(order: readonly string[], id: string, place: number | null | undefined): string[] {
  const others = order.filter((other) => other !== id);
  if (place === null) return others;
  return others.toSpliced(place === undefined ? others.length : place - 1, 0, id);
}
