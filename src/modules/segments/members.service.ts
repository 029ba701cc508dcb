import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import { parseWhere } from '../../common/filter/index.js';
import type { ListQuery } from '../../common/list-query.js';
import { Database } from '../../platform/database/database.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { PageJson } from '../../platform/http/answers.js';
import { idPage } from '../../platform/http/id-page.js';
import type { IdPage } from '../../platform/http/id-page.js';
import { conditionSql } from '../../platform/records/condition-sql.js';
import type { ObjectDefinition } from '../../platform/records/object-definition.js';
import type { Params } from '../../platform/records/params.js';
import { assertReach, reachCondition } from '../../platform/records/reach.js';
import { checkAcross } from '../../platform/records/record-conditions.js';
import { RecordKit } from '../../platform/records/record-kit.js';
import { RecordReader } from '../../platform/records/record-reader.js';
import { tagsOf } from '../../platform/records/side-statements.js';
import { MembersRepository } from './members.repository.js';
import type { SegmentHead } from './members.repository.js';
import { MembershipRepository } from './membership.repository.js';
import type { Moved, Movement } from './membership.repository.js';
import { SegmentConditions } from './segment-conditions.js';
import type { MembersInput, MembersResultDto } from './segment.dto.js';
import { SEGMENT } from './segments.service.js';

/** Most records that one call adds or takes out by a condition. */
const MOST_FOUND = 10_000;
const MOST_ERRORS = 100;

/** Who belongs to segments, as clients see and change it. */
@Injectable()
export class MembersService {
  constructor(
    private readonly database: Database,
    private readonly kit: RecordKit,
    private readonly conditions: SegmentConditions,
    private readonly members: MembersRepository,
    private readonly membership: MembershipRepository,
  ) {}

  /**
   * The members that the caller may read, as a list of the records.
   * @throws Problem 403 without the permission to read them, 404.
   */
  async page(ctx: RequestContext, id: string, query: ListQuery): Promise<PageJson> {
    const head = await this.members.head(ctx, id);
    if (!head) throw Problem.notFound('segment', id);
    assertReach(ctx, SEGMENT, 'read', head);
    const definition = this.readable(ctx, head.object);
    return new RecordReader(this.kit, definition).page(ctx, query, this.members.isMember(id));
  }

  /** The segments that a record belongs to. @throws Problem 403, 404. */
  async of(ctx: RequestContext, plural: string, id: string, page: IdPage): Promise<PageJson> {
    const definition = this.readable(ctx, plural);
    await new RecordReader(this.kit, definition).get(ctx, id, { fields: ['id'] });
    return idPage(await this.members.of(ctx, id, page), page);
  }

  /**
   * Adds records to a static segment, or takes them out.
   * @throws Problem 400 for a condition, 403, 404, 409 for a dynamic segment, 422 for ids that lead
   * nowhere and for a condition that finds too many.
   */
  change(ctx: RequestContext, id: string, input: MembersInput): Promise<MembersResultDto> {
    return this.database.transaction(ctx, async (tx) => {
      const head = await this.members.head(ctx, id, tx);
      if (!head) throw Problem.notFound('segment', id);
      assertReach(ctx, SEGMENT, 'update', head);
      if (head.kind === 'dynamic') throw followsFromWhere();
      const definition = this.readable(ctx, head.object);
      const records = await this.recordsOf(tx, ctx, definition, input);
      const movement = await this.move(tx, ctx, definition, head, input, records);
      const statements = this.membership.statements(ctx, definition, head, movement);
      if (statements.length > 0) await tx.run(statements);
      tx.touch(tagsOf(SEGMENT, [id]));
      const [added, removed] = [movement.entered.length, movement.left.length];
      return {
        ...{ added, removed, unchanged: records.length - added - removed },
        memberCount: head.memberCount + added - removed,
      };
    });
  }

  private async move(
    tx: Transaction,
    { workspaceId }: RequestContext,
    definition: ObjectDefinition,
    { id }: SegmentHead,
    { operation }: MembersInput,
    records: readonly Moved[],
  ): Promise<Movement> {
    if (operation === 'add') {
      const entered = await this.membership.add(tx, workspaceId, id, records);
      return { entered, left: [] };
    }
    const ids = records.map((record) => record.id);
    const left = await this.membership.remove(tx, workspaceId, id, definition, ids);
    return { entered: [], left };
  }

  private async recordsOf(
    tx: Transaction,
    ctx: RequestContext,
    definition: ObjectDefinition,
    { ids, where }: MembersInput,
  ): Promise<Moved[]> {
    if ((ids === undefined) === (where === undefined)) {
      const detail = ids ? 'stands beside where; give one of them' : 'must be given, or where';
      throw Problem.validation([{ pointer: '/ids', code: 'isNotEmpty', detail }]);
    }
    const reach = reachCondition(ctx, definition);
    const limits = reach ? [reach] : [];
    if (where) return this.found(tx, ctx, definition, where, limits);
    const wanted = [...new Set((ids ?? []).map((id) => id.toLowerCase()))];
    const among = (params: Params): string => `r.id = any(${params.add(wanted, 'uuid[]')})`;
    const { workspaceId } = ctx;
    const conditions = [among, ...limits];
    const held = await this.members.hold(tx, workspaceId, definition, conditions, wanted.length);
    const found = new Set(held.map(({ id }) => id));
    const lost = (ids ?? []).flatMap((id, index) =>
      found.has(id.toLowerCase()) ? [] : [missing(definition, id, index)],
    );
    if (lost.length > 0) throw Problem.validation(lost.slice(0, MOST_ERRORS));
    return held;
  }

  private async found(
    tx: Transaction,
    ctx: RequestContext,
    definition: ObjectDefinition,
    where: object,
    limits: readonly ((params: Params) => string)[],
  ): Promise<Moved[]> {
    const parsed = parseWhere(where);
    const { condition } = await checkAcross(this.kit, ctx, definition, parsed, true);
    const fulfils = (params: Params): string => conditionSql(definition, condition, params);
    const { workspaceId } = ctx;
    const most = MOST_FOUND + 1;
    const conditions = [fulfils, ...limits];
    const found = await this.members.hold(tx, workspaceId, definition, conditions, most);
    if (found.length <= MOST_FOUND) return found;
    const detail = `finds more than ${MOST_FOUND} ${definition.plural}. Narrow it, or make a dynamic segment of it.`;
    throw Problem.validation([{ pointer: '/where', code: 'tooMany', detail }]);
  }

  private readable(ctx: RequestContext, plural: string): ObjectDefinition {
    const definition = this.conditions.definitionOf(plural);
    const permission = `${definition.object}:read`;
    if (ctx.grants.has(permission)) return definition;
    throw new Problem('forbidden', `You need the permission ${permission}.`);
  }
}

const missing = ({ object }: ObjectDefinition, id: string, index: number) => ({
  ...{ pointer: `/ids/${index}`, code: 'reference', detail: `there is no ${object} ${id}` },
});

const followsFromWhere = (): Problem =>
  new Problem(
    'conflict',
    'The members of a dynamic segment follow from its `where`. Change that, or make a static one.',
  );
