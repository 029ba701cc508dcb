import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database.js';
import type { AskForConfirmationData } from '../consent.jobs.js';

/** A contact who is to be asked for their consent. */
export interface Asked {
  email: string;
  /** Names as far as they are known. */
  name: string;
  workspace: string;
  purpose: string;
  description: string | null;
  consentText: string | null;
  /** Which mail about it this is, from 1. */
  asks: number;
}

@Injectable()
export class ConfirmationRepository {
  constructor(private readonly database: Database) {}

  /** Null when it is no longer to be asked: answered, withdrawn, asked anew, or gone. */
  async find(
    workspaceId: string,
    { contactId, purposeId, requestId }: AskForConfirmationData,
  ): Promise<Asked | null> {
    const [asked] = await this.database.query<Asked>(
      { workspaceId },
      `select c.email, concat_ws(' ', c.first_name, c.last_name) as name, w.name as workspace,
         p.name as purpose, p.description, p.consent_text as "consentText", n.asks
       from consents n
       join contacts c on c.workspace_id = $1 and c.id = n.contact_id
       join consent_purposes p on p.workspace_id = $1 and p.id = n.purpose_id
       join workspaces w on w.id = $1
       where n.workspace_id = $1 and n.contact_id = $2 and n.purpose_id = $3
         and n.channel = 'email' and n.status = 'pending' and n.request_id = $4
         and c.deleted_at is null and c.email is not null and p.active`,
      [workspaceId, contactId, purposeId, requestId],
    );
    return asked ?? null;
  }
}
