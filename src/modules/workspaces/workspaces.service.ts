import { Injectable } from '@nestjs/common';
import { fieldChanges } from '../../common/changes.js';
import type { RequestContext } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import { uuidv7 } from '../../common/uuid.js';
import { normalizeCountry } from '../../common/values/country.js';
import { normalizeCurrency } from '../../common/values/currency.js';
import type { Normalizer } from '../../common/values/normalized.js';
import { normalizeTimeZone } from '../../common/values/time-zone.js';
import { Database } from '../../platform/database/database.js';
import { elevated } from '../../platform/database/elevation.js';
import { assertVersion } from '../../platform/http/precondition.js';
import { eventOf } from '../../platform/outbox/event.js';
import type { EventInput } from '../../platform/outbox/event.js';
import { recordEvents } from '../../platform/outbox/record-events.js';
import { SETTINGS_TAG } from '../../platform/records/record-settings.js';
import { EnrolmentService } from '../auth/index.js';
import { InvitationsService } from '../users/index.js';
import type {
  CreatedWorkspaceDto,
  CreateWorkspaceDto,
  UpdateWorkspaceDto,
  WorkspaceDto,
} from './workspaces.dto.js';
import { WorkspacesRepository } from './workspaces.repository.js';

const NORMALIZERS: Partial<Record<keyof UpdateWorkspaceDto, Normalizer<string>>> = {
  defaultCountry: normalizeCountry,
  defaultCurrency: normalizeCurrency,
  timeZone: normalizeTimeZone,
};

/** Workspaces and their settings. */
@Injectable()
export class WorkspacesService {
  constructor(
    private readonly workspaces: WorkspacesRepository,
    private readonly enrolment: EnrolmentService,
    private readonly invitations: InvitationsService,
    private readonly database: Database,
  ) {}

  /** @throws Problem 409 when the owner's address has an account with another password, 422. */
  async create(ctx: RequestContext, input: CreateWorkspaceDto): Promise<CreatedWorkspaceDto> {
    const { accountId, email, isActive, statements } = await this.enrolment.enrol(ctx, input.owner);
    const [workspaceId, userId] = [uuidv7(), uuidv7()];
    const invitation = isActive ? null : await this.invitations.issue(workspaceId, userId);
    const owner = { userId, accountId, email, name: input.owner.name, isActive };
    const event = foundingEvent(ctx, workspaceId, { name: input.name, owner: email });
    const results = await this.database.run(
      ctx,
      elevated([
        ...statements,
        ...this.workspaces.found({ workspaceId, name: input.name, owner }),
        ...(invitation?.statements ?? []),
        recordEvents([event]),
      ]),
    );
    const status = isActive ? 'active' : 'invited';
    return {
      workspace: results[1 + statements.length]?.rows[0] as unknown as WorkspaceDto,
      owner: { id: userId, email, name: owner.name, status },
      invitationToken: invitation?.token ?? null,
    };
  }

  current(ctx: RequestContext): Promise<WorkspaceDto> {
    return this.workspaces.findCurrent(ctx);
  }

  /** @throws Problem 412, 422. */
  async update(
    ctx: RequestContext,
    input: UpdateWorkspaceDto,
    version?: number,
  ): Promise<WorkspaceDto> {
    const settings = normalized(input);
    return this.database.transaction(ctx, async (tx) => {
      const before = await this.workspaces.findForUpdate(tx, ctx.workspaceId);
      assertVersion(version, before.version);
      const { name, defaultCountry, defaultCurrency, timeZone, emailTracking } = {
        ...before,
        ...settings,
      };
      const after = { name, defaultCountry, defaultCurrency, timeZone, emailTracking };
      const changes = fieldChanges({ ...before }, after);
      if (!changes) return before;
      const updated = await this.workspaces.update(tx, ctx.workspaceId, after);
      const facts = { object: 'workspaces', recordId: ctx.workspaceId, changes };
      await tx.run([recordEvents([eventOf(ctx, { type: 'workspace.updated', ...facts })])]);
      tx.touch([SETTINGS_TAG, 'workspaces']);
      return updated;
    });
  }
}

/** The event of a workspace's making stands in its own audit trail. */
function foundingEvent(
  ctx: RequestContext,
  workspaceId: string,
  changes: Record<string, string>,
): EventInput {
  const facts = { object: 'workspaces', recordId: workspaceId, changes };
  return { ...eventOf(ctx, { type: 'workspace.created', ...facts }), workspaceId };
}

function normalized(input: UpdateWorkspaceDto): UpdateWorkspaceDto {
  const settings: Record<string, string | boolean | null> = {};
  const errors = Object.entries(input).flatMap(([name, raw]: [string, string | null]) => {
    const normalize = NORMALIZERS[name as keyof UpdateWorkspaceDto];
    const { value, error } = normalize && raw !== null ? normalize(raw) : { value: raw };
    if (value !== undefined) settings[name] = value;
    return error ? [{ pointer: `/${name}`, code: error.code, detail: error.detail }] : [];
  });
  if (errors.length > 0) throw Problem.validation(errors);
  return settings;
}
