import { Injectable } from '@nestjs/common';
import { Database, SYSTEM } from '../../platform/database/database.js';
import type { Statement } from '../../platform/database/pipeline.js';

/** The second factor of an account. */
export interface OtpSettings {
  secret: string | null;
  /** False between the making of the secret and the first code that proves the app has it. */
  isEnabled: boolean;
}

@Injectable()
export class OtpRepository {
  constructor(private readonly database: Database) {}

  async find(accountId: string): Promise<OtpSettings> {
    const [settings] = await this.database.query<OtpSettings>(
      SYSTEM,
      `select otp_secret as secret, otp_enabled_at is not null as "isEnabled"
       from accounts where id = $1`,
      [accountId],
    );
    return settings ?? { secret: null, isEnabled: false };
  }

  /** Keeps a secret to be confirmed. @returns false when a second factor is in force already. */
  async propose(accountId: string, secret: string): Promise<boolean> {
    const rows = await this.database.query(
      SYSTEM,
      `update accounts set otp_secret = $2, updated_at = now()
       where id = $1 and otp_enabled_at is null returning id`,
      [accountId, secret],
    );
    return rows.length > 0;
  }

  /** Uses up the code of a 30-second step. @returns false when it, or a later one, was used. */
  async useStep(accountId: string, step: number): Promise<boolean> {
    const rows = await this.database.query(
      SYSTEM,
      `update accounts set otp_last_step = $2 where id = $1 and otp_last_step < $2 returning id`,
      [accountId, step],
    );
    return rows.length > 0;
  }

  enable(accountId: string): Statement {
    return {
      text: 'update accounts set otp_enabled_at = now(), updated_at = now() where id = $1',
      params: [accountId],
    };
  }

  disable(accountId: string): Statement {
    return {
      text: `update accounts set otp_secret = null, otp_enabled_at = null, updated_at = now()
             where id = $1`,
      params: [accountId],
    };
  }
}
