import { fold } from '../../../common/fold.js';
import { normalizeDomain } from '../../../common/values/domain.js';

/** Forms of companies, which people write or leave out. */
const FORMS = new Set(
  (
    'gmbh ag kg ohg ug mbh se ev eg inc incorporated corp corporation co company llc llp lp ltd ' +
    'limited plc pty sa sas sarl srl spa bv nv ab as aps oy oyj kft sro doo pte pvt'
  ).split(' '),
);

/** Providers of mail for everyone: an address there says nothing of a company. */
const FREE_MAIL = new Set(
  (
    'gmail.com googlemail.com outlook.com hotmail.com hotmail.co.uk hotmail.de live.com msn.com ' +
    'yahoo.com yahoo.co.uk yahoo.de yahoo.fr ymail.com aol.com icloud.com me.com mac.com ' +
    'proton.me protonmail.com pm.me gmx.de gmx.net gmx.at gmx.com web.de t-online.de freenet.de ' +
    'posteo.de mailbox.org orange.fr free.fr laposte.net wanadoo.fr libero.it mail.ru yandex.ru ' +
    'qq.com 163.com 126.com sina.com naver.com daum.net zoho.com fastmail.com mail.com'
  ).split(' '),
);

/** A company's name as it is compared: folded, without punctuation and legal forms. */
export function companyKey(name: string): string {
  const words = fold(name)
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
    .split(' ');
  const core = words.filter((word, index) => index === 0 || !FORMS.has(word));
  return core.join(' ');
}

/** The domain of a lead's company: of its website, or of an address that is not at a provider. */
export function companyDomain(website: unknown, email: unknown): string | null {
  const ofWebsite = typeof website === 'string' ? normalizeDomain(website).value : undefined;
  if (ofWebsite !== undefined) return ofWebsite;
  const host = typeof email === 'string' ? email.slice(email.lastIndexOf('@') + 1) : '';
  return host === '' || FREE_MAIL.has(host) ? null : host;
}
