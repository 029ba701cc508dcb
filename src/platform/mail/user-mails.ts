import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { Database } from '../database/database.js';
import type { Statement } from '../database/pipeline.js';
import { Mailer } from './mailer.js';
import type { MailMessage } from './mail-message.js';

/** What users of a workspace are written about. */
export type UserMailKind = 'invitation' | 'passwordReset' | 'escalation';

/** A mail that is to be written to a user. */
export interface NewUserMail {
  id: string;
  userId: string;
  kind: UserMailKind;
  /** What it is about: ids rather than words, which are read when it is sent. */
  facts?: object;
}

/** A mail to a user on its way out, with what there is to know of them. */
export interface UserLetter {
  workspaceId: string;
  workspaceName: string;
  id: string;
  userId: string;
  kind: UserMailKind;
  facts: Record<string, unknown>;
  email: string;
  name: string;
  status: 'invited' | 'active' | 'deactivated';
}

/** Writes a mail of its kind; a text says why none is to be sent. */
export type UserMailComposer = (
  letter: UserLetter,
) => Promise<Pick<MailMessage, 'subject' | 'text'> | string>;

/**
 * Mails to users. One is filed in the transaction of what it tells, and a worker sends it; its kind
 * is written by whoever registered for it.
 */
@Injectable()
export class UserMails {
  private readonly composers = new Map<UserMailKind, UserMailComposer>();

  constructor(
    private readonly database: Database,
    private readonly mailer: Mailer,
  ) {}

  /** Whether mails can be sent at all; where not, none should be filed. */
  get areSent(): boolean {
    return this.mailer.hasSender;
  }

  register(kind: UserMailKind, compose: UserMailComposer): void {
    this.composers.set(kind, compose);
  }

  /** The statement that files mails, all but those to users there are not. */
  file(workspaceId: string, mails: readonly NewUserMail[]): Statement {
    return {
      text: `insert into user_mails (workspace_id, id, user_id, kind, facts)
        select $1, m.id, m."userId", m.kind, coalesce(m.facts, '{}')
        from json_to_recordset($2::json) as m (id uuid, "userId" uuid, kind text, facts jsonb)
        join users u on u.workspace_id = $1 and u.id = m."userId"`,
      params: [workspaceId, JSON.stringify(mails)],
    };
  }

  /** Null when the user is gone. */
  async find(owner: Pick<RequestContext, 'workspaceId'>, id: string): Promise<UserLetter | null> {
    const [letter] = await this.database.query<UserLetter>(
      owner,
      `select m.workspace_id as "workspaceId", w.name as "workspaceName", m.id,
         m.user_id as "userId", m.kind, m.facts, u.email, u.name, u.status
       from user_mails m
       join workspaces w on w.id = $1
       join users u on u.workspace_id = $1 and u.id = m.user_id
       where m.workspace_id = $1 and m.id = $2`,
      [owner.workspaceId, id],
    );
    return letter ?? null;
  }

  compose(letter: UserLetter): ReturnType<UserMailComposer> {
    const compose = this.composers.get(letter.kind);
    if (!compose) throw new Error(`Nobody writes mails of the kind ${letter.kind}`);
    return compose(letter);
  }
}
