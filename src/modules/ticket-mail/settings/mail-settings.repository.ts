import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../../common/context.js';
import { Database } from '../../../platform/database/database.js';
import type { Transaction } from '../../../platform/database/transaction.js';
import type { MailSettingsDto } from './mail-settings.dto.js';

type Owner = Pick<RequestContext, 'workspaceId' | 'tx'>;
export type MailSettings = Omit<MailSettingsDto, 'version' | 'updatedAt'>;

const COLUMNS = `version, updated_at as "updatedAt", support_address as "supportAddress",
  sender_name as "senderName", send_replies as "sendReplies"`;

/** Of workspaces that have said nothing. */
const USUAL: MailSettingsDto = {
  ...{ version: 0, updatedAt: null, supportAddress: null, senderName: null, sendReplies: true },
};

@Injectable()
export class MailSettingsRepository {
  constructor(private readonly database: Database) {}

  async find(owner: Owner): Promise<MailSettingsDto> {
    const [found] = await this.database.query<MailSettingsDto>(
      owner,
      `select ${COLUMNS} from mail_settings where workspace_id = $1`,
      [owner.workspaceId],
    );
    return found ?? USUAL;
  }

  /** Lets changes wait for each other. */
  async lock(tx: Transaction, workspaceId: string): Promise<MailSettingsDto> {
    const [, found] = await tx.run([
      { text: 'select pg_advisory_xact_lock(5203353, hashtext($1))', params: [workspaceId] },
      {
        text: `select ${COLUMNS} from mail_settings where workspace_id = $1`,
        params: [workspaceId],
      },
    ]);
    return (found?.rows[0] as MailSettingsDto | undefined) ?? USUAL;
  }

  async save(
    tx: Transaction,
    workspaceId: string,
    { supportAddress, senderName, sendReplies }: MailSettings,
  ): Promise<MailSettingsDto> {
    const [saved] = await tx.query<MailSettingsDto>(
      `insert into mail_settings as s (workspace_id, support_address, sender_name, send_replies)
       values ($1, $2, $3, $4)
       on conflict (workspace_id) do update set support_address = $2, sender_name = $3,
         send_replies = $4, version = s.version + 1, updated_at = now()
       returning ${COLUMNS}`,
      [workspaceId, supportAddress, senderName, sendReplies],
    );
    return saved as MailSettingsDto;
  }
}
