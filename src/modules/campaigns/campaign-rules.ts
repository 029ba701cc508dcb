import type { RequestContext } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import type { FieldError } from '../../common/errors.js';
import { refuse } from '../../platform/records/record-rules.js';
import type { Draft } from '../../platform/records/record-rules.js';
import type { AudienceConditions } from './audience/audience-conditions.js';
import { contentOf, sourceOf } from './campaign-content.js';
import type { CampaignContent } from './campaign-content.js';
import type { StoredCampaign } from './campaigns.repository.js';
import type { MailingPermission } from './mailing-permission.js';
import type { CampaignNames } from './templates/campaign-names.js';
import { faultsOf } from './templates/mail-template.js';
import type { Names } from './templates/placeholders.js';

/** What cannot change any more once a campaign has left the draft, by column. */
const FIXED: Record<string, string> = {
  channel: 'channel',
  purpose: 'purpose',
  subject: 'subject',
  from_name: 'fromName',
  from_address: 'fromAddress',
  reply_to: 'replyTo',
  html: 'html',
  text: 'text',
  audience_where: 'audienceWhere',
  segment_ids: 'segmentIds',
  excluded_segment_ids: 'excludedSegmentIds',
  variants: 'variants',
  test_percent: 'testPercent',
  winner_by: 'winnerBy',
  winner_after_minutes: 'winnerAfterMinutes',
  send_at: 'sendAt',
  in_receiver_time_zone: 'inReceiverTimeZone',
};

/** What templates and audiences are checked by. */
export interface CampaignChecks {
  permission: MailingPermission;
  names: CampaignNames;
  audiences: AudienceConditions;
}

/** Checks what campaigns say and whom they are for; what has left the draft stays as it is. */
export async function prepareCampaigns(
  { names, audiences, permission }: CampaignChecks,
  ctx: RequestContext,
  drafts: readonly Draft[],
): Promise<void> {
  const written = drafts.filter(({ deed }) => !deed);
  for (const draft of written) refuseLateChanges(draft);
  const open = written.filter(({ errors, before }) => errors.length === 0 && isDraft(before));
  if (open.length === 0) return;
  const known = await names.of(ctx);
  for (const draft of open) {
    const content = contentOf(draft.after.values);
    draft.errors.push(...templateFaults(content, known, draft.pointer));
    draft.errors.push(...variantFaults(content, draft));
    draft.errors.push(...(await audiences.faults(ctx, content, draft.pointer)));
    const detail = await permission.fault(ctx, content.purpose);
    if (detail !== undefined) {
      draft.errors.push({ pointer: `${draft.pointer}/purpose`, code: 'reference', detail });
    }
  }
}

const isDraft = (row: Draft['before']): boolean => row === null || row.values['status'] === 'draft';

function refuseLateChanges(draft: Draft): void {
  const { before, after } = draft;
  if (!before || isDraft(before)) return;
  for (const [column, name] of Object.entries(FIXED)) {
    if (before.values[column] === after.values[column]) continue;
    const status = String(before.values['status']);
    const detail = `The campaign is ${status}: its ${name} cannot change any more.`;
    refuse(
      draft,
      `/${name}`,
      new Problem('conflict', detail, { extra: { campaignStatus: status } }),
    );
  }
}

function templateFaults(content: CampaignContent, known: Names, pointer: string): FieldError[] {
  return [
    ...faultsOf(content.source, known, pointer),
    ...content.variants.flatMap(({ subject, html, text }, index) =>
      faultsOf({ subject, html, text }, known, `${pointer}/variants/${index}`),
    ),
  ];
}

function variantFaults({ variants }: CampaignContent, { after, pointer }: Draft): FieldError[] {
  const errors: FieldError[] = [];
  const add = (at: string, code: string, detail: string): void => {
    errors.push({ pointer: pointer + at, code, detail });
  };
  if (variants.length === 1) add('/variants', 'arrayMinSize', 'must be two or more, or none');
  const seen = new Set<string>();
  for (const [index, { name }] of variants.entries()) {
    if (seen.has(name)) add(`/variants/${index}/name`, 'duplicate', 'is the name of one before');
    seen.add(name);
  }
  if (after.values['test_percent'] !== null && variants.length === 0) {
    add('/testPercent', 'withoutVariants', 'needs variants to test');
  }
  return errors;
}

/** @throws Problem 422 for what a campaign lacks before it can be sent. */
export function assertComplete({ source, variants, ...content }: CampaignContent): void {
  const errors: FieldError[] = [];
  const lacks = (pointer: string, detail: string): void => {
    errors.push({ pointer, code: 'isNotEmpty', detail });
  };
  const every = (part: 'subject' | 'html' | 'text'): boolean =>
    variants.length > 0 && variants.every((variant) => variant[part] !== null);
  if (source.subject === null && !every('subject')) lacks('/subject', 'must be given');
  const hasBody = source.html !== null || source.text !== null;
  if (!hasBody && !variants.every(({ html, text }) => html !== null || text !== null)) {
    lacks('/html', 'must be given, or a text');
  } else if (!hasBody && variants.length === 0) {
    lacks('/html', 'must be given, or a text');
  }
  if (content.audienceWhere === null && content.segmentIds.length === 0) {
    lacks('/audienceWhere', 'must be given, or segments: nobody would get it');
  }
  if (errors.length > 0) throw Problem.validation(errors);
}

/** What keeps a test from ever being decided by what it is measured by; null when nothing does. */
export function measureFault(campaign: StoredCampaign): FieldError | null {
  const { content, testPercent, winnerBy, winnerVariantId, isTracked } = campaign;
  if (testPercent === null || winnerBy === 'manual' || winnerVariantId !== null) return null;
  const fault = (code: string, detail: string): FieldError => ({
    ...{ pointer: '/winnerBy', code },
    detail: `${winnerBy} cannot decide the test: ${detail}. Choose manual, and decide by POST …/winner`,
  });
  if (!isTracked) {
    return fault(
      'trackingOff',
      'the workspace does not look at who reads (emailTracking is false)',
    );
  }
  const silent = content.variants.find((variant) => sourceOf(content, variant).html === null);
  return silent ? fault('withoutHtml', `the variant ${silent.name} has no HTML`) : null;
}
