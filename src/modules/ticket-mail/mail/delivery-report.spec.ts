import { describe, expect, test } from '@jest/globals';
import {
  complaint,
  eximBounce,
  exchangeBounce,
  postfixBounce,
} from '../../../../test/support/bounce-mails.js';
import { isDeliveryReport, MOST_REPORT, readReport } from './delivery-report.js';
import type { MailHead } from './mail-head.js';
import { parseMail } from './parse-mail.js';

const MAIL = {
  messageId: '<0198c0de-0000-7000-8000-000000000001@cups.example>',
  to: 'a@b.example',
};

async function read(raw: string) {
  let head: MailHead | undefined;
  async function* source() {
    yield Buffer.from(raw);
  }
  await parseMail(source(), { onHead: (found) => !(head = found), onPart: async () => undefined });
  if (!head || !isDeliveryReport(head)) return 'no report';
  return readReport(Buffer.from(raw).subarray(0, MOST_REPORT), head);
}

const messageIds = [MAIL.messageId];

describe('a report of a mail that came back', () => {
  test('is understood as Postfix, Exim and Exchange write it', async () => {
    const reason =
      '550 5.1.1 <a@b.example>: Recipient address rejected: User unknown in virtual mailbox table';
    expect(await read(postfixBounce(MAIL))).toEqual({ messageIds, type: 'permanent', reason });
    expect(await read(eximBounce(MAIL))).toEqual({
      ...{ messageIds, type: 'temporary', reason: '452 4.2.2 mailbox full' },
    });
    expect(await read(exchangeBounce(MAIL))).toEqual({
      ...{ messageIds, type: 'permanent' },
      reason:
        '550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup',
    });
    expect(await read(complaint(MAIL))).toEqual({ messageIds, type: 'complaint', reason: null });
  });

  test('names the mail by what it answers where it brings no head of it', async () => {
    const [start = ''] = exchangeBounce(MAIL).split('Content-Type: text/rfc822-headers');
    expect(await read(start)).toMatchObject({ messageIds, type: 'permanent' });
  });

  test('is none of a mail that arrived, is on its way, or that it does not name', async () => {
    const raw = postfixBounce(MAIL);
    for (const action of ['delivered', 'relayed', 'expanded', '']) {
      expect(await read(raw.replace('Action: failed', `Action: ${action}`))).toBeNull();
    }
    expect(await read(raw.replace('Action: failed', 'Action: delayed'))).toMatchObject({
      type: 'temporary',
    });
    expect(await read(raw.replace(/Message-ID:\r\n [^\r]*\r\n/, ''))).toBeNull();
    expect(await read(raw.replace(/boundary="[^"]*"/, 'boundary=""'))).toBeNull();
    expect(await read(raw.replace('multipart/report', 'multipart/mixed'))).toBe('no report');
  });

  test('goes by what the server said where it has no status, and else takes it for passing', async () => {
    const raw = postfixBounce(MAIL).replace('Status: 5.1.1', 'Status: unknown');
    expect(await read(raw)).toMatchObject({ type: 'permanent' });
    const silent = raw.replace(/Diagnostic-Code:[^:]*:[^-]*--/, '\r\n--');
    expect(await read(silent)).toMatchObject({ type: 'temporary', reason: null });
  });

  test('takes no longer for being made to hurt', async () => {
    const begun = performance.now();
    const lines = `\r\nStatus: 5.1.1${'='.repeat(200)}\r\n \r\n`.repeat(1200);
    await read(postfixBounce(MAIL).replace('Action: failed', `X: y${lines}Action: failed`));
    expect(performance.now() - begun).toBeLessThan(5000);
  });
});
