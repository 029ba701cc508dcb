import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database.js';

/** Mails of workspaces that have not switched it off, and that have been sent. */
const TRACKED = `from workspaces w where w.id = $1 and w.email_tracking
  and r.workspace_id = $1 and r.id = $2 and r.sent_at is not null`;

const OPENED = `
  update campaign_recipients r set opens = r.opens + 1, opened_at = coalesce(r.opened_at, now())
  ${TRACKED}`;

/** Who follows a link has seen the mail, whether or not its pictures were shown. */
const CLICKED = `
  with clicked as (
    update campaign_recipients r set clicks = r.clicks + 1,
      clicked_at = coalesce(r.clicked_at, now()), opened_at = coalesce(r.opened_at, now())
    ${TRACKED} returning r.id, r.campaign_id)
  insert into campaign_link_clicks as k (workspace_id, recipient_id, number, campaign_id)
  select $1, c.id, $3, c.campaign_id from clicked c
  join campaign_links l on l.workspace_id = $1 and l.campaign_id = c.campaign_id and l.number = $3
  on conflict (workspace_id, recipient_id, number) do update set clicks = k.clicks + 1`;

const URL_OF = `
  select l.url from campaign_recipients r
  join campaign_links l on l.workspace_id = $1 and l.campaign_id = r.campaign_id and l.number = $3
  where r.workspace_id = $1 and r.id = $2`;

/** SQL of opens and clicks. */
@Injectable()
export class TrackingRepository {
  constructor(private readonly database: Database) {}

  async opened(workspaceId: string, recipientId: string): Promise<void> {
    await this.database.query({ workspaceId }, OPENED, [workspaceId, recipientId]);
  }

  /** Counts a click; where the link leads, or null when there is no such link. */
  async clicked(workspaceId: string, recipientId: string, link: number): Promise<string | null> {
    const params = [workspaceId, recipientId, link];
    const [, url] = await this.database.run({ workspaceId }, [
      { text: CLICKED, params },
      { text: URL_OF, params },
    ]);
    return (url?.rows[0]?.['url'] as string | undefined) ?? null;
  }
}
