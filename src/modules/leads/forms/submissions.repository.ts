import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../../common/context.js';
import { Database } from '../../../platform/database/database.js';
import type { Transaction } from '../../../platform/database/transaction.js';
import type { IdPage } from '../../../platform/http/id-page.js';
import type { SubmissionDto, SubmissionStatus } from './submission.dto.js';

export interface NewSubmission {
  id: string;
  formId: string;
  status: SubmissionStatus;
  reasons: readonly string[];
  values: Record<string, unknown>;
  email: string | null;
  tokenId: string | null;
  leadId: string | null;
  origin: string | null;
  ip: string | null;
}

const COLUMNS = `id, status, reasons, values, lead_id as "leadId", origin, ip,
  received_at as "receivedAt", released_at as "releasedAt", released_by as "releasedBy"`;

/** Days that spam is kept for somebody to look at. */
const SPAM_DAYS = 90;

@Injectable()
export class SubmissionsRepository {
  constructor(private readonly database: Database) {}

  find(
    ctx: RequestContext,
    formId: string,
    status: string | null,
    { limit, before }: IdPage,
  ): Promise<SubmissionDto[]> {
    return this.database.query<SubmissionDto>(
      ctx,
      `select ${COLUMNS} from form_submissions
       where workspace_id = $1 and form_id = $2 and ($3::text is null or status = $3)
         and ($4::uuid is null or id < $4)
       order by id desc limit $5`,
      [ctx.workspaceId, formId, status, before, limit + 1],
    );
  }

  async lock(
    tx: Transaction,
    workspaceId: string,
    formId: string,
    id: string,
  ): Promise<SubmissionDto | null> {
    const [found] = await tx.query<SubmissionDto>(
      `select ${COLUMNS} from form_submissions
       where workspace_id = $1 and form_id = $2 and id = $3 for update`,
      [workspaceId, formId, id],
    );
    return found ?? null;
  }

  /** Keeps a submission; with spam, what is too old of it goes. */
  async insert(tx: Transaction, workspaceId: string, given: NewSubmission): Promise<void> {
    const old = {
      text: `delete from form_submissions where workspace_id = $1 and form_id = $2
        and status = 'spam' and received_at < now() - interval '${SPAM_DAYS} days'
        and id in (select id from form_submissions
          where workspace_id = $1 and form_id = $2 and status = 'spam' order by id limit 100)`,
      params: [workspaceId, given.formId],
    };
    await tx.run([
      {
        text: `insert into form_submissions (workspace_id, id, form_id, status, reasons, values,
            email, token_id, lead_id, origin, ip)
          values ($1, $2, $3, $4, $5::text[], $6, $7, $8, $9, $10, $11)`,
        params: [
          ...[workspaceId, given.id, given.formId, given.status, given.reasons],
          ...[JSON.stringify(given.values), given.email, given.tokenId, given.leadId],
          ...[given.origin, given.ip],
        ],
      },
      ...(given.status === 'spam' ? [old] : []),
    ]);
  }

  async release(
    tx: Transaction,
    ctx: RequestContext,
    id: string,
    leadId: string,
  ): Promise<SubmissionDto> {
    const [released] = await tx.query<SubmissionDto>(
      `update form_submissions set status = 'released', lead_id = $3, released_at = now(),
         released_by = $4
       where workspace_id = $1 and id = $2 returning ${COLUMNS}`,
      [ctx.workspaceId, id, leadId, ctx.principal.userId],
    );
    return released as SubmissionDto;
  }

  async remove(tx: Transaction, workspaceId: string, id: string): Promise<void> {
    await tx.query('delete from form_submissions where workspace_id = $1 and id = $2', [
      workspaceId,
      id,
    ]);
  }

  /** Whether the token came before with another address; the same one has only pressed twice. */
  async isTokenUsed(
    tx: Transaction,
    workspaceId: string,
    formId: string,
    tokenId: string,
    email: string | null,
  ): Promise<boolean> {
    const rows = await tx.query(
      `select from form_submissions where workspace_id = $1 and form_id = $2 and token_id = $3
         and (email is distinct from $4 or $4 is null) limit 1`,
      [workspaceId, formId, tokenId, email],
    );
    return rows.length > 0;
  }

  /** Lets submissions of one address wait for each other, and finds its open lead. */
  async openLeadOf(tx: Transaction, workspaceId: string, email: string): Promise<string | null> {
    const [, found] = await tx.run([
      {
        text: 'select pg_advisory_xact_lock(5203352, hashtext($1))',
        params: [`${workspaceId}/${email}`],
      },
      {
        text: `select id from leads where workspace_id = $1 and email = $2 and deleted_at is null
            and status in ('new', 'working', 'qualified')
          order by created_at desc, id desc limit 1`,
        params: [workspaceId, email],
      },
    ]);
    return (found?.rows[0]?.['id'] as string | undefined) ?? null;
  }
}
