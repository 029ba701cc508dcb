import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../../common/context.js';
import { Problem } from '../../../common/errors.js';
import type { Permission } from '../../../platform/access/permissions.js';
import type { RecordJson } from '../../../platform/http/answers.js';
import type { ObjectDefinition } from '../../../platform/records/object-definition.js';
import type { RecordService } from '../../../platform/records/record-service.js';
import type { RecordRow } from '../../../platform/records/record-row.js';
import { CompaniesService, COMPANY } from '../../companies/index.js';
import { CONTACT, ContactsService } from '../../contacts/index.js';
import { DealsService } from '../../deals/index.js';
import type { ConvertedPartDto } from './conversion.dto.js';
import { partOf } from './conversion-parts.js';
import type { Plan } from './conversion-parts.js';
import type { Fields } from './conversion-request.js';
import { companyFields, contactFields, lacking } from './lead-fields-of.js';

/** Writes the parts of a conversion, in the transaction of the context. */
@Injectable()
export class ConversionWriter {
  constructor(
    private readonly contacts: ContactsService,
    private readonly companies: CompaniesService,
    private readonly deals: DealsService,
  ) {}

  company(
    ctx: RequestContext,
    lead: RecordRow,
    plan: Plan,
    ownerId: string | null,
  ): Promise<ConvertedPartDto> {
    return this.record(ctx, COMPANY, this.companies, plan, companyFields(lead), ownerId);
  }

  contact(
    ctx: RequestContext,
    lead: RecordRow,
    plan: Plan,
    ownerId: string | null,
    companyId: string | null,
  ): Promise<ConvertedPartDto> {
    const link = companyId === null ? {} : { companyId };
    const linked =
      plan.action === 'created' ? { ...plan, fields: { ...link, ...plan.fields } } : plan;
    const said = { ...contactFields(lead), ...link };
    return this.record(ctx, CONTACT, this.contacts, linked, said, ownerId);
  }

  async deal(
    ctx: RequestContext,
    plan: Plan,
    ownerId: string | null,
    contactId: string | null,
    companyId: string | null,
  ): Promise<ConvertedPartDto> {
    if (plan.action !== 'created') return partOf(plan, null);
    const links = { contactId, ...(companyId === null ? {} : { companyId }) };
    const fields = { ...links, ...plan.fields };
    const { id } = await make(ctx, this.deals, 'deal', fields, ownerId, '/deal');
    return partOf({ action: 'created', fields }, id);
  }

  /** Makes a new record, or gives one that is there what it lacks. */
  private async record(
    ctx: RequestContext,
    definition: ObjectDefinition,
    service: RecordService,
    plan: Plan,
    said: Fields,
    ownerId: string | null,
  ): Promise<ConvertedPartDto> {
    const { object } = definition;
    if (plan.action === 'created') {
      const at = `/${object}/fields`;
      const { id } = await make(ctx, service, object, plan.fields, ownerId, at);
      return partOf(plan, id);
    }
    if (!('row' in plan)) return partOf(plan, null);
    const patch = mayUpdate(ctx, object, plan.row) ? lacking(definition, plan.row, said) : {};
    if (Object.keys(patch).length > 0) {
      // Whoever has changed it meanwhile has perhaps given it what it lacked.
      const update = service.updater.one(ctx, plan.row.id, patch, plan.row.version);
      await update.catch((error: unknown) => changedMeanwhile(error));
    }
    return partOf(plan, plan.row.id, patch);
  }
}

/** Somebody else's record stays as it is; the lead is linked to it all the same. */
function mayUpdate(ctx: RequestContext, object: string, row: RecordRow): boolean {
  const reach = ctx.grants.get(`${object}:update`);
  return reach === 'all' || (reach === 'own' && row.ownerId === ctx.principal.userId);
}

function changedMeanwhile(error: unknown): never {
  if (!(error instanceof Problem) || error.code !== 'precondition-failed') throw error;
  throw new Problem('conflict', 'A matching record was being changed. Try again.');
}

async function make(
  ctx: RequestContext,
  service: RecordService,
  object: 'contact' | 'company' | 'deal' | ObjectDefinition['object'],
  fields: Fields,
  ownerId: string | null,
  at: string,
): Promise<RecordJson> {
  const permission: Permission = `${object}:create`;
  if (!ctx.grants.has(permission)) {
    throw new Problem('forbidden', `You need the permission ${permission}.`);
  }
  const body = ownerId === null ? fields : { ownerId, ...fields };
  try {
    return await service.creator.one(ctx, body);
  } catch (error) {
    throw error instanceof Problem ? pointedAt(error, at, 'ownerId' in fields) : error;
  }
}

/** Faults of a part stand in its place of the request. */
function pointedAt(problem: Problem, at: string, ownOwner: boolean): Problem {
  const { code, detail, extra, headers, errors } = problem;
  const placed = errors?.map((error) =>
    error.pointer === '/ownerId' && !ownOwner
      ? error
      : { ...error, pointer: `${at}${error.pointer}` },
  );
  return new Problem(code, detail, { errors: placed, extra, headers, cause: problem.cause });
}
