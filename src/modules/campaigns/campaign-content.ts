import { itemsOf } from '../../platform/records/list-items.js';
import type { ColumnValues } from '../../platform/records/field-types.js';
import { namesOf } from '../../platform/records/name-list.js';
import type { MailSource } from './templates/mail-template.js';

/** A variant as it is stored. */
export interface Variant {
  id: string;
  name: string;
  share: number;
  subject: string | null;
  html: string | null;
  text: string | null;
}

/** A campaign as its own code reads it. */
export interface CampaignContent {
  name: string;
  purpose: string;
  source: MailSource;
  fromName: string | null;
  fromAddress: string | null;
  replyTo: string | null;
  audienceWhere: unknown;
  segmentIds: string[];
  excludedSegmentIds: string[];
  variants: Variant[];
}

const textOf = (value: ColumnValues[string] | undefined): string | null =>
  typeof value === 'string' ? value : null;

/** Reads the columns of a campaign. */
export function contentOf(values: ColumnValues): CampaignContent {
  const where = textOf(values['audience_where']);
  return {
    name: String(values['name']),
    purpose: String(values['purpose']),
    source: {
      subject: textOf(values['subject']),
      html: textOf(values['html']),
      text: textOf(values['text']),
    },
    fromName: textOf(values['from_name']),
    fromAddress: textOf(values['from_address']),
    replyTo: textOf(values['reply_to']),
    audienceWhere: where === null ? null : (JSON.parse(where) as unknown),
    segmentIds: namesOf(values['segment_ids']),
    excludedSegmentIds: namesOf(values['excluded_segment_ids']),
    variants: itemsOf<Variant>(values['variants']),
  };
}

/** What receivers of a variant get; null is the campaign itself. */
export function sourceOf({ source }: Pick<CampaignContent, 'source'>, variant: Variant | null) {
  if (!variant) return source;
  // The text of the campaign would not be that of the variant's HTML.
  const text = variant.text ?? (variant.html === null ? source.text : null);
  return {
    subject: variant.subject ?? source.subject,
    html: variant.html ?? source.html,
    text,
  };
}
