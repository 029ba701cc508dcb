import { Injectable } from '@nestjs/common';
import type { StoredCampaign } from '../campaigns.repository.js';
import { OutgoingJournal } from './outgoing-journal.js';
import type { Ended } from './outgoing-journal.js';
import { RecipientsRepository } from './recipients.repository.js';
import type { RecipientState } from './recipients.repository.js';
import type { RunKey } from './runs.repository.js';
import { SendingOptions } from './sending-options.js';

const UNKNOWN = 'The worker died while the mail was handed over, and nobody can say how far it was';

/** Settles what runs were doing when they died. */
@Injectable()
export class Orphans {
  constructor(
    private readonly recipients: RecipientsRepository,
    private readonly options: SendingOptions,
  ) {}

  /**
   * What was only claimed is free again. Of what was being handed over the journal of the dead run
   * knows how far it was; where it cannot be believed, the campaign says what is to be done.
   */
  async settle(key: RunKey, { uncertain }: Pick<StoredCampaign, 'uncertain'>): Promise<void> {
    const orphans = await this.recipients.orphans(key);
    for (const [lease, group] of Map.groupBy(orphans, (orphan) => orphan.lease)) {
      const noted = OutgoingJournal.read(lease, this.options.journals);
      const outcomes = group.map(({ id }) => ({
        ...{ id, lease },
        ...settled(noted?.(id) ?? 'perhaps', uncertain),
      }));
      await this.recipients.adopt(key, outcomes);
      OutgoingJournal.forget(lease, this.options.journals);
    }
  }
}

interface Settled {
  state: RecipientState;
  reason: string | null;
}

function settled(ended: Ended, policy: StoredCampaign['uncertain']): Settled {
  if (ended !== 'perhaps') return { state: ended === 'yes' ? 'sent' : 'pending', reason: null };
  return { state: policy === 'resend' ? 'pending' : 'uncertain', reason: UNKNOWN };
}
