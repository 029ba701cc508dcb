import { Injectable } from '@nestjs/common';
import { Problem } from '../../../common/errors.js';
import { SignedLinks } from '../../../platform/links/signed-links.js';
import { CLICK, OPEN } from './tracking-links.js';
import { TrackingRepository } from './tracking.repository.js';

/** Notes that mails are opened and their links followed, where the workspace wants to know. */
@Injectable()
export class TrackingService {
  constructor(
    private readonly links: SignedLinks,
    private readonly tracking: TrackingRepository,
  ) {}

  /** @throws Problem 404 for an address that was made up. */
  async opened(token: string): Promise<void> {
    const { workspaceId, payload } = await this.links.verify<{ r: string }>(OPEN, token);
    await this.tracking.opened(workspaceId, payload.r);
  }

  /**
   * Where a link leads: an address that stood in the campaign's own template, and no other.
   * @throws Problem 404 for an address that was made up, or whose campaign is gone.
   */
  async clicked(token: string): Promise<string> {
    const { workspaceId, payload } = await this.links.verify<{ r: string; l: number }>(
      CLICK,
      token,
    );
    const url = await this.tracking.clicked(workspaceId, payload.r, payload.l);
    if (url === null) throw new Problem('not-found', 'There is nothing at this address.');
    return url;
  }
}
