import { Injectable } from '@nestjs/common';
import { uuidv7 } from '../../../common/uuid.js';
import type { Transaction } from '../../../platform/database/transaction.js';
import type { FormConsent } from '../../consent/index.js';

/** What somebody agreed to in a form, of whom a lead is. */
export interface LeadConsent extends FormConsent {
  leadId: string;
}

/** SQL of what people agreed to in forms. */
@Injectable()
export class LeadConsentsRepository {
  async insert(tx: Transaction, workspaceId: string, given: LeadConsent): Promise<void> {
    await tx.query(
      `insert into lead_consents (workspace_id, id, lead_id, form_id, purpose, text, email,
         given_at, ip, origin)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [
        ...[workspaceId, uuidv7(), given.leadId, given.formId, given.purpose, given.text],
        ...[given.email, given.givenAt, given.ip, given.origin],
      ],
    );
  }

  /** Of one lead, the oldest first; the last 100 of them. */
  ofLead(tx: Transaction, workspaceId: string, leadId: string): Promise<FormConsent[]> {
    return tx.query<FormConsent>(
      `select * from (
         select form_id as "formId", purpose, text, email, given_at as "givenAt", ip, origin, id
         from lead_consents where workspace_id = $1 and lead_id = $2 order by id desc limit 100) c
       order by "givenAt", id`,
      [workspaceId, leadId],
    );
  }
}
