import { Injectable } from '@nestjs/common';
import { Problem } from '../../common/errors.js';
import { isUuid } from '../../common/uuid.js';
import { Config } from '../../config/config.js';
import { SignedLinks } from '../../platform/links/signed-links.js';

const PURPOSE = 'password-reset';

/** Links to set a password anew; each is good as long as the database says so. */
@Injectable()
export class PasswordResetLinks {
  constructor(
    private readonly links: SignedLinks,
    private readonly config: Config,
  ) {}

  /** The page on which the person chooses a password: the product's own, or Keel's. */
  async urlOf(workspaceId: string, mailId: string): Promise<string> {
    const token = await this.links.sign(workspaceId, PURPOSE, mailId);
    const { passwordResetUrl } = this.config;
    return (
      passwordResetUrl?.replaceAll('{token}', token) ??
      this.links.url(`/v1/auth/reset-password/${token}`)
    );
  }

  /** The mail that the link was in. @throws Problem 404. */
  async read(token: string): Promise<string> {
    const { payload } = await this.links.verify<unknown>(PURPOSE, token);
    if (typeof payload === 'string' && isUuid(payload)) return payload;
    throw new Problem('not-found', 'There is nothing at this address.');
  }
}
