import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../../common/context.js';
import { Problem } from '../../../common/errors.js';
import { parseGrants } from '../../../platform/access/permissions.js';
import type { Transaction } from '../../../platform/database/transaction.js';
import type { ConsentPurposeDto } from '../purposes/consent-purpose.dto.js';
import { ConsentPurposesRepository } from '../purposes/consent-purposes.repository.js';
import type { ContactWish } from './consent-plan.js';
import { ConsentWriter } from './consent-writer.js';
import { ConsentsRepository } from './consents.repository.js';
import type { Proof } from './consents.repository.js';

/** What somebody agreed to by sending a form. */
export interface FormConsent {
  formId: string;
  /** Key of the purpose; null for the first one of every workspace, `marketing`. */
  purpose: string | null;
  /** Word for word. */
  text: string;
  /** Address that they gave, in its normal form: they agreed to be reached there. */
  email: string;
  /** RFC 3339. */
  givenAt: string;
  ip: string | null;
  /** Site whose page sent the form. */
  origin: string | null;
}

const SOURCE = 'form';
const FIRST_PURPOSE = 'marketing';

/** The person said so; whoever makes a contact of them only passes it on. */
const GRANTS = parseGrants(['contact:*']);

/** Carries what people agreed to in forms over to the contacts they become. */
@Injectable()
export class FormConsents {
  constructor(
    private readonly purposes: ConsentPurposesRepository,
    private readonly consents: ConsentsRepository,
    private readonly writer: ConsentWriter,
  ) {}

  /** What is wrong with a purpose that a form names; undefined when nothing is. */
  async fault(ctx: RequestContext, key: string): Promise<string | undefined> {
    const purposes = await this.purposes.find(ctx);
    if (usable(purposes, key)) return undefined;
    const known = purposes.filter(({ key: other }) => usable(purposes, other));
    return `must be an active purpose with e-mail: ${known.map((one) => one.key).join(', ')}`;
  }

  /**
   * Writes them into the history of a contact, with form, time and proof, in the order in which
   * they were given. As everywhere, what the contact has said later stands, and where a purpose
   * needs confirmation they are asked for it. Left out is what was given for another address than
   * the contact has, or for a purpose that nobody can agree to any more.
   */
  async carry(
    tx: Transaction,
    ctx: RequestContext,
    contactId: string,
    given: readonly FormConsent[],
  ): Promise<void> {
    if (given.length === 0) return;
    const purposes = await this.purposes.find({ ...ctx, tx });
    const { contacts } = await this.consents.lock(tx, ctx.workspaceId, [contactId]);
    const email = contacts.get(contactId)?.email ?? null;
    const wishes = given
      .filter((one) => one.email === email)
      .flatMap((one) => wishOf(contactId, one, purposes) ?? []);
    const inner = { ...ctx, grants: GRANTS, tx };
    const outcomes = await this.writer.write(tx, inner, wishes, purposes, { by: 'caller' });
    const failed = outcomes.find((outcome) => outcome instanceof Problem);
    if (failed) throw failed;
  }
}

const usable = (purposes: readonly ConsentPurposeDto[], key: string) =>
  purposes.find((one) => one.key === key && one.active && one.channels.includes('email'));

function wishOf(
  contactId: string,
  { purpose: key, text, formId, ip, origin, givenAt }: FormConsent,
  purposes: readonly ConsentPurposeDto[],
): ContactWish | null {
  const purpose = usable(purposes, key ?? FIRST_PURPOSE);
  if (!purpose) return null;
  const proof: Proof = {
    ...{ text, formId },
    ...(ip === null ? {} : { ip }),
    ...(origin === null ? {} : { url: origin }),
  };
  const said = { channel: 'email', status: 'granted', confirmed: false, source: SOURCE } as const;
  return { contactId, purpose, ...said, occurredAt: givenAt, proof };
}
