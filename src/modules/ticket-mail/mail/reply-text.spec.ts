import { describe, expect, it } from '@jest/globals';
import { newTextOf } from './reply-text.js';

/** What was written to the customer, as programs quote it. */
const QUOTED = '> Dear Maria,\n>\n> which order is it?\n>\n> --\n> Support';
const PLAIN = 'Dear Maria,\n\nwhich order is it?\n\n--\nSupport';
const NEW = 'It is order 4711.\n\nBest regards\nMaria';

describe('the new text of a reply', () => {
  it.each([
    ['Gmail', 'On Mon, Jan 5, 2026 at 10:12 AM Support <support@acme.example> wrote:'],
    [
      'Gmail, broken into lines',
      'On Mon, Jan 5, 2026 at 10:12 AM Acme Customer Support\n<support@acme.example> wrote:',
    ],
    ['Apple Mail', 'On 5. Jan 2026, at 10:12, Support <support@acme.example> wrote:'],
    ['Thunderbird', 'On 05.01.26 10:12, Support wrote:'],
    [
      'Gmail in German',
      'Am Mo., 5. Jan. 2026 um 10:12 Uhr schrieb Support <support@acme.example>:',
    ],
    ['Apple Mail in German', 'Am 05.01.2026 um 10:12 schrieb Support <support@acme.example>:'],
    ['GMX', 'Support <support@acme.example> schrieb am 05.01.2026 um 10:12:\n'],
    ['K-9 in German', 'Am 5. Januar 2026 10:12:13 MEZ schrieb Support <s@acme.example>:'],
    ['Gmail in Chinese', 'Support <support@acme.example> 于2026年1月5日周一 10:12写道：'],
    ['Apple Mail in Chinese', '在 2026年1月5日，10:12，Support <support@acme.example> 写道：'],
    ['QQ in traditional Chinese', 'Support <s@acme.example> 於 2026年1月5日 週一 上午10:12寫道：'],
    ['Gmail in Japanese', '2026年1月5日(月) 10:12 Support <support@acme.example>:'],
    ['Gmail in Korean', '2026년 1월 5일 (월) 오전 10:12, Support <s@acme.example>님이 작성:'],
    ['Gmail in French', 'Le lun. 5 janv. 2026 à 10:12, Support <s@acme.example> a écrit :'],
    ['Gmail in Spanish', 'El lun, 5 ene 2026 a las 10:12, Support (<s@acme.example>) escribió:'],
    ['Gmail in Italian', 'Il giorno lun 5 gen 2026 alle ore 10:12 S <s@a.example> ha scritto:'],
    ['Gmail in Dutch', 'Op ma 5 jan 2026 om 10:12 schreef Support <s@acme.example>:'],
  ])('leaves out what %s quotes', (_, introduction) => {
    expect(newTextOf(`${NEW}\n\n${introduction}\n${QUOTED}\n`)).toBe(NEW);
    expect(newTextOf(`${NEW}\n\n${introduction}\n\n${QUOTED}`)).toBe(NEW);
    // HTML mails turned into text have no `>`.
    expect(newTextOf(`${NEW}\n\n${introduction}\n\n${PLAIN}`)).toBe(NEW);
  });

  it.each([
    [
      'Outlook',
      'From: Support <support@acme.example>\nSent: Monday, January 5, 2026 10:12\nTo: Maria\nSubject: Re: Order',
    ],
    [
      'Outlook on the web',
      '________________________________\nFrom: Support <s@acme.example>\nSent: Monday\nTo: Maria\nSubject: Re',
    ],
    ['old Outlook', '-----Original Message-----\nFrom: Support\nSent: Monday'],
    [
      'Outlook in German',
      'Von: Support <support@acme.example>\nGesendet: Montag, 5. Januar 2026 10:12\nAn: Maria\nBetreff: AW: Bestellung',
    ],
    ['old Outlook in German', '-----Ursprüngliche Nachricht-----\nVon: Support'],
    ['Outlook in bold', '*From:* Support\n*Sent:* Monday\n*To:* Maria\n*Subject:* Re'],
    [
      'Outlook in Chinese',
      '发件人: Support <s@acme.example>\n发送时间: 2026年1月5日 10:12\n收件人: Maria\n主题: 回复',
    ],
    ['Foxmail', '------------------ 原始邮件 ------------------\n发件人: "Support"'],
  ])('leaves out what %s puts below', (_, block) => {
    expect(newTextOf(`${NEW}\n\n${block}\n\n${PLAIN}`)).toBe(NEW);
  });

  it('keeps answers between the lines and below them', () => {
    const text = `On 05.01.26 10:12, Support wrote:\n> which order is it?\n\n4711\n\n> and since when?\nMonday`;
    expect(newTextOf(text)).toBe('4711\n\nMonday');
  });

  it.each([
    'On page 3 of the manual he wrote:\n\nTurn it off. I did.',
    'From: Berlin, to: Hamburg, that is where it must go.',
    'Am Montag schrieb ich:\nes geht nicht.',
    'She wrote: no.\n\nI wrote: yes.',
    'a > b, and b > c',
    '-----\nA line of a drawing\n-----\nAnother',
  ])('keeps %j', (text) => {
    expect(newTextOf(text)).toBe(text);
  });

  it('leaves a text as it is that is nothing but history', () => {
    expect(newTextOf(QUOTED)).toBe(QUOTED);
    expect(newTextOf('')).toBe('');
  });

  it.each([
    ['lines that begin like an introduction', 'Op maandag 2026 schreef\n'.repeat(40_000)],
    ['one long line of them', 'On 2026 wrote '.repeat(70_000)],
    ['many senders', 'From: x\n'.repeat(120_000)],
    ['quotes of nothing', '>\n\n'.repeat(300_000)],
    ['dates', `${'2026年'.repeat(200_000)}\n`],
    ['addresses', `2026-01-01 ${'<a@b> '.repeat(100_000)}:`],
    ['dashes', `${'-'.repeat(900_000)}x`],
    ['empty lines', '\n'.repeat(900_000)],
  ])('takes no time for %s', (_, text) => {
    const start = performance.now();
    newTextOf(text);
    expect(performance.now() - start).toBeLessThan(3000);
  });
});
