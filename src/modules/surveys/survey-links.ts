import { Injectable } from '@nestjs/common';
import { Problem } from '../../common/errors.js';
import { isUuid } from '../../common/uuid.js';
import { SignedLinks } from '../../platform/links/signed-links.js';

const PURPOSE = 'survey';
/** Days that a link can be answered by. */
const DAYS = 30;

/** Links to surveys: each names one, and is signed. */
@Injectable()
export class SurveyLinks {
  constructor(private readonly links: SignedLinks) {}

  /** When a link ends that is sent now. */
  expiry(): Date {
    return new Date(Math.ceil(Date.now() / 1000) * 1000 + DAYS * 24 * 3_600_000);
  }

  /** The address that a customer follows. */
  async urlOf(workspaceId: string, surveyId: string, expiresAt: Date): Promise<string> {
    const token = await this.links.sign(workspaceId, PURPOSE, surveyId, { expiresAt });
    return this.links.url(`/v1/surveys/${token}`);
  }

  /** @throws Problem 404, 410. */
  async read(token: string): Promise<{ workspaceId: string; surveyId: string }> {
    const { workspaceId, payload } = await this.links.verify<unknown>(PURPOSE, token);
    if (typeof payload === 'string' && isUuid(payload)) return { workspaceId, surveyId: payload };
    throw new Problem('not-found', 'There is nothing at this address.');
  }
}
