import { describe, expect, it } from '@jest/globals';
import { automaticReason } from './auto-mail.js';

const OURS = '01a20572-a38b-73e1-8144-9b263f82ac28';
const MARIA = { email: 'maria@customer.example', name: 'Maria' };

const headersOf = (given: Record<string, string>) =>
  new Map(Object.entries(given).map(([name, value]) => [name, [value]]));

describe('a mail that no person has sent', () => {
  it.each([
    [{ 'auto-submitted': 'auto-replied' }, 'automatic'],
    [{ 'auto-submitted': 'Auto-Generated; x=1' }, 'automatic'],
    [{ 'auto-submitted': 'no' }, null],
    [{ precedence: 'bulk' }, 'automatic'],
    [{ precedence: 'auto_reply' }, 'automatic'],
    [{ precedence: 'junk' }, 'automatic'],
    [{ precedence: 'list' }, 'list'],
    [{ precedence: 'first-class' }, null],
    [{ 'x-auto-response-suppress': 'OOF, AutoReply' }, 'automatic'],
    [{ 'x-auto-response-suppress': 'All' }, 'automatic'],
    [{ 'x-auto-response-suppress': 'DR, RN' }, null],
    [{ 'x-autoreply': 'yes' }, 'automatic'],
    [{ 'list-id': '<news.example>', precedence: 'bulk' }, 'list'],
    [{ 'list-unsubscribe': '<https://x.example/u>' }, 'list'],
    [{ 'return-path': '<>' }, 'bounce'],
    [{ 'return-path': '< >', 'auto-submitted': 'auto-replied' }, 'automatic'],
    [{ 'return-path': '<maria@customer.example>' }, null],
    [{ 'content-type': 'multipart/report; report-type=delivery-status' }, 'bounce'],
    [{ 'x-keel-loop': OURS }, 'loop'],
    [{ 'x-keel-loop': 'another' }, null],
    [{}, null],
  ])('is known by %j: %s', (headers, reason) => {
    expect(
      automaticReason({ headers: headersOf(headers), from: MARIA }, { workspaceId: OURS }),
    ).toBe(reason);
  });

  it.each([
    ['MAILER-DAEMON@mx.example', 'bounce'],
    ['postmaster@mx.example', 'bounce'],
    ['bounces+4711@mx.example', 'bounce'],
    ['postmasters@mx.example', null],
    ['maria@customer.example', null],
  ])('is known by its sender %s: %s', (email, reason) => {
    const from = { email: email.toLowerCase(), name: null };
    expect(automaticReason({ headers: new Map(), from })).toBe(reason);
  });

  it('is known by an empty sender of the envelope, or none at all', () => {
    expect(automaticReason({ headers: new Map(), from: MARIA }, { envelopeFrom: '' })).toBe(
      'bounce',
    );
    expect(automaticReason({ headers: new Map(), from: MARIA }, { envelopeFrom: '<>' })).toBe(
      'bounce',
    );
    expect(
      automaticReason(
        { headers: new Map(), from: MARIA },
        { envelopeFrom: 'maria@customer.example' },
      ),
    ).toBeNull();
    expect(automaticReason({ headers: new Map(), from: null })).toBe('noSender');
  });
});
