import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../../common/context.js';
import { Database } from '../../../platform/database/database.js';
import type { Transaction } from '../../../platform/database/transaction.js';
import type { ConsentPurposeDto } from './consent-purpose.dto.js';

/** What is stored of a purpose besides its id, version and times. */
export type PurposeContent = Omit<ConsentPurposeDto, 'id' | 'version' | 'createdAt' | 'updatedAt'>;

const COLUMNS = `id, version, created_at as "createdAt", updated_at as "updatedAt", key, name,
  description, consent_text as "consentText", channels, consent_needed as "consentNeeded",
  double_opt_in as "doubleOptIn", active`;

@Injectable()
export class ConsentPurposesRepository {
  constructor(private readonly database: Database) {}

  /** All of a workspace, which has few. */
  find(scope: Pick<RequestContext, 'workspaceId' | 'tx'>): Promise<ConsentPurposeDto[]> {
    return this.database.query<ConsentPurposeDto>(
      scope,
      `select ${COLUMNS} from consent_purposes where workspace_id = $1 order by key`,
      [scope.workspaceId],
    );
  }

  async findOne(ctx: RequestContext, id: string): Promise<ConsentPurposeDto | null> {
    const [purpose] = await this.database.query<ConsentPurposeDto>(
      ctx,
      `select ${COLUMNS} from consent_purposes where workspace_id = $1 and id = $2`,
      [ctx.workspaceId, id],
    );
    return purpose ?? null;
  }

  /** Lets changes of the workspace's purposes wait for each other, and reads them. */
  async lockAll(tx: Transaction, workspaceId: string): Promise<ConsentPurposeDto[]> {
    const [, result] = await tx.run([
      { text: 'select pg_advisory_xact_lock(5203353, hashtext($1))', params: [workspaceId] },
      {
        text: `select ${COLUMNS} from consent_purposes where workspace_id = $1 order by key`,
        params: [workspaceId],
      },
    ]);
    return (result?.rows ?? []) as unknown as ConsentPurposeDto[];
  }

  async insert(
    tx: Transaction,
    workspaceId: string,
    id: string,
    purpose: PurposeContent,
  ): Promise<ConsentPurposeDto> {
    const [made] = await tx.query<ConsentPurposeDto>(
      `insert into consent_purposes (workspace_id, id, name, description, consent_text, channels,
         consent_needed, double_opt_in, active, key)
       values ($1, $2, $3, $4, $5, $6::text[], $7, $8, $9, $10) returning ${COLUMNS}`,
      [workspaceId, id, ...contentParams(purpose), purpose.key],
    );
    return made as ConsentPurposeDto;
  }

  async update(
    tx: Transaction,
    workspaceId: string,
    id: string,
    purpose: PurposeContent,
  ): Promise<ConsentPurposeDto> {
    const [updated] = await tx.query<ConsentPurposeDto>(
      `update consent_purposes set name = $3, description = $4, consent_text = $5,
         channels = $6::text[], consent_needed = $7, double_opt_in = $8, active = $9,
         version = version + 1, updated_at = now()
       where workspace_id = $1 and id = $2 returning ${COLUMNS}`,
      [workspaceId, id, ...contentParams(purpose)],
    );
    return updated as ConsentPurposeDto;
  }

  /** @throws the database's error when contacts have said something about it. */
  async remove(tx: Transaction, workspaceId: string, id: string): Promise<void> {
    await tx.query('delete from consent_purposes where workspace_id = $1 and id = $2', [
      workspaceId,
      id,
    ]);
  }
}

const contentParams = (purpose: PurposeContent): unknown[] => [
  purpose.name,
  purpose.description,
  purpose.consentText,
  purpose.channels,
  purpose.consentNeeded,
  purpose.doubleOptIn,
  purpose.active,
];
