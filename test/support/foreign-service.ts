import { randomUUID } from 'node:crypto';
import type { Belongings } from './belongings.js';

/** A flow with the statuses that tickets have here. */
export const FLOW = ['new', 'open', 'pending', 'onHold', 'solved', 'closed'].map((key) => ({
  ...{ key, name: key, category: key },
}));

/** Mails to B that answer a mail of A's, or are addressed to a ticket of A's. */
export function answeringMails({ word, code }: Belongings): Blob[] {
  const heads = [`In-Reply-To: <${word}@customer.example>`, `To: support+${code}@mine.example`];
  return heads.map(
    (head) =>
      new Blob(
        [`From: m@mine.example\nMessage-ID: <${randomUUID()}@mine.example>\n${head}\n\nMine`],
        {
          type: 'message/rfc822',
        },
      ),
  );
}

export function fileForm(): FormData {
  const form = new FormData();
  form.append('file', new Blob(['Mine']), 'mine.txt');
  return form;
}
