import { Injectable } from '@nestjs/common';
import { SignedLinks } from '../../../platform/links/signed-links.js';

export const OPEN = 'campaign-open';
export const CLICK = 'campaign-click';

/** Addresses that tell when a mail is opened or a link in it followed. */
@Injectable()
export class TrackingLinks {
  constructor(private readonly links: SignedLinks) {}

  /** @param count how many links the campaign has: they are told apart by their numbers. */
  async of(
    workspaceId: string,
    recipientId: string,
    count: number,
  ): Promise<{ links: string[]; pixel: string }> {
    const sign = await this.links.signer(workspaceId);
    const links = Array.from({ length: count }, (_, number) =>
      this.links.url(`/v1/campaign-clicks/${sign(CLICK, { r: recipientId, l: number })}`),
    );
    const pixel = this.links.url(`/v1/campaign-opens/${sign(OPEN, { r: recipientId })}`);
    return { links, pixel };
  }
}
