import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import { hashSecret, randomText } from '../../common/secrets.js';
import { uuidv7 } from '../../common/uuid.js';
import { normalizeDatetime } from '../../common/values/datetime.js';
import { ACCESS_TAG, accessChanged } from '../../platform/access/access-changes.js';
import { assertWithinOwn } from '../../platform/access/escalation.js';
import {
  PLATFORM_PERMISSIONS,
  scopeGrants,
  unknownGrants,
} from '../../platform/access/permissions.js';
import { Database } from '../../platform/database/database.js';
import type { PageJson } from '../../platform/http/answers.js';
import { idPage } from '../../platform/http/id-page.js';
import type { IdPage } from '../../platform/http/id-page.js';
import { eventOf } from '../../platform/outbox/event.js';
import { recordEvents } from '../../platform/outbox/record-events.js';
import type { ApiKeyDto, CreateApiKeyDto, CreatedApiKeyDto } from './api-keys.dto.js';
import { ApiKeysRepository } from './api-keys.repository.js';

/** Keys that programs sign in with, on behalf of a user. */
@Injectable()
export class ApiKeysService {
  constructor(
    private readonly keys: ApiKeysRepository,
    private readonly database: Database,
  ) {}

  /**
   * Makes a key of the caller's.
   * @throws Problem 422 for unknown scopes or a time that has passed, 403 for scopes beyond the
   * caller's own permissions.
   */
  async create(ctx: RequestContext, input: CreateApiKeyDto): Promise<CreatedApiKeyDto> {
    const errors = unknownGrants(input.scopes, '/scopes', PLATFORM_PERMISSIONS);
    if (errors.length > 0) throw Problem.validation(errors);
    assertWithinOwn(scopeGrants(input.scopes), ctx.grants);
    const { userId } = ctx.principal;
    if (userId === null) throw new Problem('forbidden', 'A key belongs to a user.');
    const { name, scopes } = input;
    const expiresAt = expiryOf(input.expiresAt ?? null);
    const [id, prefix, secret] = [uuidv7(), randomText(12), randomText(43)];
    const key = { id, userId, name, prefix, secretHash: hashSecret(secret), scopes, expiresAt };
    const event = eventOf(ctx, {
      type: 'apiKey.created',
      object: 'apiKeys',
      recordId: id,
      changes: { name, scopes, expiresAt },
    });
    const [inserted] = await this.database.run(ctx, [
      this.keys.insert(ctx.workspaceId, key),
      recordEvents([event]),
    ]);
    const made = inserted?.rows[0] as unknown as ApiKeyDto;
    return { ...made, key: `keel_${prefix}_${secret}` };
  }

  /** Keys in force, the newest first. */
  async list(ctx: RequestContext, page: IdPage): Promise<PageJson> {
    return idPage(await this.keys.find(ctx, page), page);
  }

  /** @throws Problem 404. */
  async get(ctx: RequestContext, id: string): Promise<ApiKeyDto> {
    const key = await this.keys.findOne(ctx, id);
    if (!key) throw Problem.notFound('API key', id);
    return key;
  }

  /** Makes the key useless, here at once and on every instance within a second. */
  async revoke(ctx: RequestContext, id: string): Promise<void> {
    await this.database.transaction(ctx, async (tx) => {
      const [revoked] = await tx.run([
        this.keys.revoke(ctx.workspaceId, id),
        accessChanged(ctx.workspaceId),
      ]);
      const [key] = revoked?.rows ?? [];
      if (!key) throw Problem.notFound('API key', id);
      const facts = { object: 'apiKeys', recordId: id, changes: { name: key['name'] } };
      await tx.run([recordEvents([eventOf(ctx, { type: 'apiKey.revoked', ...facts })])]);
      tx.touch([ACCESS_TAG]);
    });
  }
}

function expiryOf(raw: string | null): string | null {
  if (raw === null) return null;
  const { value, error } = normalizeDatetime(raw);
  if (value === undefined) throw Problem.validation([{ pointer: '/expiresAt', ...error }]);
  if (Date.parse(value) > Date.now()) return value;
  const detail = 'must be in the future';
  throw Problem.validation([{ pointer: '/expiresAt', code: 'isFuture', detail }]);
}
