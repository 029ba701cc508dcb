import { IntegerField, TextField } from '../../platform/records/fields.js';

/** Longest subject, HTML and text of a mail, in characters. */
export const MOST_SUBJECT = 500;
export const MOST_HTML = 200_000;
export const MOST_TEXT = 100_000;

/** One way to write the mail of an A/B test; what it does not say, it has of its campaign. */
export class VariantFields {
  @TextField({ label: 'Name', required: true, maxLength: 100, example: 'A' })
  name?: string;

  @IntegerField({
    label: 'Share',
    description: 'Its part of the test, against the shares of the others',
    required: true,
    min: 1,
    max: 1000,
    example: 50,
  })
  share?: number;

  @TextField({ label: 'Subject', maxLength: MOST_SUBJECT, example: 'Cups, now in blue' })
  subject?: string | null;

  @TextField({ label: 'HTML', maxLength: MOST_HTML })
  html?: string | null;

  @TextField({ label: 'Text', maxLength: MOST_TEXT })
  text?: string | null;
}
