import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../../common/context.js';
import { Database } from '../../../platform/database/database.js';
import { Params } from '../../../platform/records/params.js';
import type { ContactCondition } from '../../consent/index.js';
import type { ConditionSql } from './audience-conditions.js';

type Owner = Pick<RequestContext, 'workspaceId' | 'tx'>;

/** A contact of an audience, as far as planning goes. */
export interface AudienceContact {
  id: string;
  email: string;
  timeZone: string | null;
  /** Whether they have agreed, and their address is not suppressed. */
  isPermitted: boolean;
}

/** An audience in numbers. */
export interface AudienceCount {
  total: number;
  withAddress: number;
  recipients: number;
}

/** Before every id. */
export const FIRST_ID = '00000000-0000-0000-0000-000000000000';

/** SQL of whom a campaign is for. */
@Injectable()
export class AudienceRepository {
  constructor(private readonly database: Database) {}

  /** The id up to which the next `span` contacts go; null when there are none left. */
  async spanEnd(owner: Owner, after: string, span: number): Promise<string | null> {
    const [row] = await this.database.query<{ id: string }>(
      owner,
      `select id from (select id from contacts where workspace_id = $1 and id > $2
         order by id limit $3) s order by id desc limit 1`,
      [owner.workspaceId, after, span],
    );
    return row?.id ?? null;
  }

  /** Those of the contacts between two ids that belong to the audience and have an address. */
  members(
    owner: Owner,
    condition: ConditionSql,
    permitted: ContactCondition,
    after: string,
    upTo: string,
  ): Promise<AudienceContact[]> {
    const params = new Params(owner.workspaceId);
    const range = `r.id > ${params.add(after)} and r.id <= ${params.add(upTo)}`;
    return this.database.query<AudienceContact>(
      owner,
      `select r.id, r.email, r.time_zone as "timeZone", ${permitted('r', params)} as "isPermitted"
       from contacts r
       where r.workspace_id = $1 and ${range} and r.deleted_at is null and r.email is not null
         and ${condition(params)} order by r.id`,
      params.values,
    );
  }

  /** How many belong to the audience, and how many of them could get a mail. */
  async count(
    owner: Owner,
    condition: ConditionSql,
    permitted: ContactCondition,
  ): Promise<AudienceCount> {
    const params = new Params(owner.workspaceId);
    const [row] = await this.database.query<AudienceCount>(
      owner,
      `select count(*) as total, count(r.email) as "withAddress",
         count(*) filter (where ${permitted('r', params)}) as recipients
       from contacts r
       where r.workspace_id = $1 and r.deleted_at is null and ${condition(params)}`,
      params.values,
    );
    return row as AudienceCount;
  }
}
