import { Injectable } from '@nestjs/common';
import { fieldChanges } from '../../../common/changes.js';
import type { RequestContext } from '../../../common/context.js';
import { Problem } from '../../../common/errors.js';
import { normalizeEmail } from '../../../common/values/email.js';
import { Database } from '../../../platform/database/database.js';
import { assertVersion } from '../../../platform/http/precondition.js';
import { eventOf } from '../../../platform/outbox/event.js';
import { recordEvents } from '../../../platform/outbox/record-events.js';
import type { MailSettingsDto, MailSettingsPatch } from './mail-settings.dto.js';
import { MailSettingsRepository } from './mail-settings.repository.js';
import type { MailSettings } from './mail-settings.repository.js';

/** Characters of the local part that the token of a ticket leaves: 64 but `+` and 32. */
const LONGEST_NAME = 31;

/** How a workspace writes about tickets by e-mail. */
@Injectable()
export class MailSettingsService {
  constructor(
    private readonly database: Database,
    private readonly settings: MailSettingsRepository,
  ) {}

  get(ctx: RequestContext): Promise<MailSettingsDto> {
    return this.settings.find(ctx);
  }

  /** @throws Problem 412, 422. */
  async update(
    ctx: RequestContext,
    patch: MailSettingsPatch,
    ifMatch?: number,
  ): Promise<MailSettingsDto> {
    return this.database.transaction(ctx, async (tx) => {
      const before = await this.settings.lock(tx, ctx.workspaceId);
      assertVersion(ifMatch, before.version);
      const after = contentOf({ ...before, ...patch });
      const changes = fieldChanges({ ...contentOf(before) }, { ...after });
      if (!changes) return before;
      const type = 'mailSettings.changed';
      const event = eventOf(ctx, { type, object: 'mail-settings', changes });
      await tx.run([recordEvents([event])]);
      return this.settings.save(tx, ctx.workspaceId, after);
    });
  }
}

const contentOf = (given: MailSettings): MailSettings => ({
  supportAddress: addressOf(given.supportAddress ?? null),
  senderName: given.senderName?.trim() ?? null,
  sendReplies: given.sendReplies,
});

function addressOf(given: string | null): string | null {
  const address = given === null ? null : (normalizeEmail(given).value ?? given);
  if (address === null) return null;
  const name = address.slice(0, address.lastIndexOf('@'));
  if (name.length <= LONGEST_NAME && !name.includes('+')) return address;
  const detail = `must have at most ${LONGEST_NAME} characters and no + before the @: the token of a ticket is put there`;
  throw Problem.validation([{ pointer: '/supportAddress', code: 'addressName', detail }]);
}
