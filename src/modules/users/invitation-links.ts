import { Injectable } from '@nestjs/common';
import { Config } from '../../config/config.js';
import { SignedLinks } from '../../platform/links/signed-links.js';

const PURPOSE = 'invitation';

/**
 * Links of invitations that are mailed. The token in one follows from the mail it is in, so that it
 * is kept nowhere, and a mail that has to be sent again has the same.
 */
@Injectable()
export class InvitationLinks {
  constructor(
    private readonly links: SignedLinks,
    private readonly config: Config,
  ) {}

  tokenOf(workspaceId: string, mailId: string): Promise<string> {
    return this.links.sign(workspaceId, PURPOSE, mailId);
  }

  /** The page on which the person chooses a password: the product's own, or Keel's. */
  async urlOf(workspaceId: string, mailId: string): Promise<string> {
    const token = await this.tokenOf(workspaceId, mailId);
    const { invitationUrl } = this.config;
    return (
      invitationUrl?.replaceAll('{token}', token) ?? this.links.url(`/v1/auth/invitations/${token}`)
    );
  }
}
