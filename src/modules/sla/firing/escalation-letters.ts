import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database.js';
import { SignedLinks } from '../../../platform/links/signed-links.js';
import type { MailMessage } from '../../../platform/mail/mail-message.js';
import { UserMails } from '../../../platform/mail/user-mails.js';
import type { UserLetter } from '../../../platform/mail/user-mails.js';
import type { SlaTarget } from '../clocks/sla-terms.js';

/** What a mail about an escalation is made of. */
export interface EscalationFacts {
  ticketId: string;
  promises: { target: SlaTarget; when: 'warning' | 'breach'; dueAt: string | null }[];
}

interface Ticket {
  number: number;
  subject: string;
  requesterEmail: string | null;
}

const PROMISES: Record<SlaTarget, string> = {
  firstResponse: 'The first response',
  resolution: 'The solution',
};

/** Tells users whom an escalation names. */
@Injectable()
export class EscalationLetters {
  constructor(
    private readonly database: Database,
    private readonly links: SignedLinks,
    mails: UserMails,
  ) {
    mails.register('escalation', (letter) => this.compose(letter));
  }

  private async compose(
    letter: UserLetter,
  ): Promise<Pick<MailMessage, 'subject' | 'text'> | string> {
    const { ticketId, promises } = letter.facts as unknown as EscalationFacts;
    if (letter.status !== 'active') return 'The user is not active';
    const ticket = await this.find(letter, ticketId);
    if (!ticket) return 'The ticket is not there any more';
    // An automatic answer to this mail would make another ticket, which escalates, and so on.
    if (ticket.requesterEmail === letter.email) return 'The user asked for the ticket themselves';
    const isBroken = promises.some(({ when }) => when === 'breach');
    const name = `#${ticket.number}: ${ticket.subject}`;
    return {
      subject: `${isBroken ? 'Overdue' : 'Due soon'}: ticket ${name}`,
      text: `${promises.map(sentenceOf).join('\n')}

Ticket ${name}
${this.links.url(`/v1/tickets/${ticketId}`)}

${letter.workspaceName}`,
    };
  }

  private async find({ workspaceId }: UserLetter, id: string): Promise<Ticket | null> {
    const [ticket] = await this.database.query<Ticket>(
      { workspaceId },
      `select t.number, t.subject, c.email as "requesterEmail" from tickets t
       left join contacts c on c.workspace_id = $1 and c.id = t.requester_id
       where t.workspace_id = $1 and t.id = $2 and t.deleted_at is null`,
      [workspaceId, id],
    );
    return ticket ?? null;
  }
}

function sentenceOf({ target, when, dueAt }: EscalationFacts['promises'][number]): string {
  const time = dueAt === null ? '' : ` ${dueAt.slice(0, 16).replace('T', ' ')} UTC`;
  return `${PROMISES[target]} ${when === 'breach' ? 'was due' : 'is due'}${time}.`;
}
