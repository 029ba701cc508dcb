import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../../common/context.js';
import { Problem } from '../../../common/errors.js';
import type { FieldError } from '../../../common/errors.js';
import { uuidv7 } from '../../../common/uuid.js';
import { normalizeEmail } from '../../../common/values/email.js';
import { PAST_PERMISSION } from '../../../platform/access/permissions.js';
import type { ColumnValues } from '../../../platform/records/field-types.js';
import { contentOf } from '../campaign-content.js';
import { assertAllowed } from '../campaign-states.js';
import type { CampaignStatus } from '../campaign-states.js';
import { CampaignsService } from '../campaigns.service.js';
import { addressHash } from '../sending/address-hash.js';
import type { PastMailInput, PastMailsDto, PastMailsInput } from './past-mails.dto.js';
import { PastMailsRepository } from './past-mails.repository.js';
import type { PastRecipient } from './past-mails.repository.js';

/** Campaigns that another system has sent, as whoever moves to Keel brings them along. */
@Injectable()
export class PastMailsService {
  constructor(
    private readonly campaigns: CampaignsService,
    private readonly mails: PastMailsRepository,
  ) {}

  /**
   * Counts mails that another system has sent as the campaign's. A draft is sent from then on; more
   * can be told of. The same told twice counts once.
   * @throws Problem 403, 404; 409 for a campaign that Keel sends; 422 that names what cannot be.
   */
  async tell(
    ctx: RequestContext,
    id: string,
    { mails }: PastMailsInput,
    ifMatch?: number,
  ): Promise<PastMailsDto> {
    assertMayTell(ctx);
    assertSound(mails, Date.now());
    let result = { recorded: 0, unknown: [] as string[] };
    const deed = { name: 'pastMailsTold', permission: 'send', ifMatch };
    await this.campaigns.actor.act(ctx, id, deed, async ({ values }, tx) => {
      const isTold = values['sent_elsewhere'] === true;
      if (!isTold) assertAllowed(values['status'] as CampaignStatus, 'past-mails');
      assertVariants(mails, values);
      const recipients = mails.map((mail) => recipientOf(id, mail));
      result = await this.mails.record(tx, ctx.workspaceId, id, recipients);
      const facts = { recorded: result.recorded };
      if (result.recorded === 0) return { facts };
      return { facts, values: { ...spanOf(mails, values), status: 'sent', sent_elsewhere: true } };
    });
    const strangers = new Set(result.unknown);
    const found = mails.filter(({ email }) => !strangers.has(normalized(email)));
    return { ...result, known: found.length - result.recorded };
  }
}

const normalized = (email: string): string => normalizeEmail(email).value ?? email;

const utc = (time: string): string => new Date(time).toISOString();

function recipientOf(campaignId: string, mail: PastMailInput): PastRecipient {
  const { sentAt, openedAt, clickedAt, opens = 1, clicks = 1, variantId } = mail;
  const email = normalized(mail.email);
  return {
    ...{ id: uuidv7(), email, addressHash: addressHash(campaignId, email) },
    ...{ variantId: variantId?.toLowerCase() ?? null, sentAt: utc(sentAt) },
    state: mail.bounced === true ? 'bounced' : 'sent',
    ...{ openedAt: openedAt === undefined ? null : utc(openedAt) },
    ...{ clickedAt: clickedAt === undefined ? null : utc(clickedAt) },
    ...{ opens: openedAt === undefined ? 0 : opens, clicks: clickedAt === undefined ? 0 : clicks },
  };
}

/** From the first mail to the last, those that were told of before among them. */
function spanOf(mails: readonly PastMailInput[], values: ColumnValues): ColumnValues {
  const times = mails.map(({ sentAt }) => Date.parse(sentAt));
  const isTold = values['sent_elsewhere'] === true;
  const told = (name: string): number[] => {
    const value = values[name];
    return isTold && typeof value === 'string' ? [Date.parse(value)] : [];
  };
  const first = [...times, ...told('started_at')].reduce((one, other) => Math.min(one, other));
  const last = [...times, ...told('finished_at')].reduce((one, other) => Math.max(one, other));
  const started = new Date(first).toISOString();
  return { send_at: started, started_at: started, finished_at: new Date(last).toISOString() };
}

/** @throws Problem 403. */
function assertMayTell({ grants }: RequestContext): void {
  if (grants.has(PAST_PERMISSION) && grants.get('contact:read') === 'all') return;
  const detail =
    `Only who has the permission ${PAST_PERMISSION}, and contact:read for all contacts, may say what ` +
    'was sent in the past.';
  throw new Problem('forbidden', detail);
}

type Fault = [name: keyof PastMailInput, code: string, detail: string];

/** @throws Problem 422 that names each time that cannot be. */
function assertSound(mails: readonly PastMailInput[], now: number): void {
  const errors = mails.flatMap((mail, index) =>
    faultsOf(mail, now).map(([name, code, detail]): FieldError => {
      return { pointer: `/mails/${index}/${name}`, code, detail };
    }),
  );
  if (errors.length > 0) throw Problem.validation(errors);
}

function faultsOf({ sentAt, openedAt, clickedAt, opens, clicks }: PastMailInput, now: number) {
  const faults: Fault[] = [];
  const check = (isWrong: boolean, ...fault: Fault): void => {
    if (isWrong) faults.push(fault);
  };
  const times = { sentAt, ...(openedAt && { openedAt }), ...(clickedAt && { clickedAt }) };
  for (const [name, time] of Object.entries(times)) {
    const [field, at] = [name as keyof typeof times, Date.parse(time)];
    check(at > now, field, 'future', 'must be in the past');
    check(at < Date.parse(sentAt), field, 'beforeSent', 'must not be before sentAt');
  }
  check(opens !== undefined && openedAt === undefined, 'opens', 'withoutTime', 'needs openedAt');
  check(
    clicks !== undefined && clickedAt === undefined,
    'clicks',
    'withoutTime',
    'needs clickedAt',
  );
  return faults;
}

/** @throws Problem 422 for variants that the campaign does not have. */
function assertVariants(mails: readonly PastMailInput[], values: ColumnValues): void {
  const known = new Set(contentOf(values).variants.map(({ id }) => id));
  const errors = mails.flatMap(({ variantId }, index): FieldError[] => {
    if (variantId === undefined || known.has(variantId.toLowerCase())) return [];
    const pointer = `/mails/${index}/variantId`;
    return [{ pointer, code: 'reference', detail: `there is no variant ${variantId}` }];
  });
  if (errors.length > 0) throw Problem.validation(errors);
}
