import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../../common/context.js';
import { RecordKit } from '../../../platform/records/record-kit.js';
import { COMPANY } from '../../companies/index.js';
import { CONTACT } from '../../contacts/index.js';
import { namesOf } from './placeholders.js';
import type { Names } from './placeholders.js';

/** Which placeholders there are in a workspace: those of every contact, and its own properties. */
@Injectable()
export class CampaignNames {
  constructor(private readonly kit: RecordKit) {}

  async of(ctx: RequestContext): Promise<Names> {
    const contact = await this.kit.settings.of(ctx, CONTACT, true);
    const company = await this.kit.settings.of(ctx, COMPANY, true);
    return namesOf(CONTACT, COMPANY, {
      contact: contact.properties.keys(),
      company: company.properties.keys(),
    });
  }
}
