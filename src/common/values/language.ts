import { fold } from '../fold.js';
import { accepted, refused, type Normalized } from './normalized.js';
import { remembered } from './remembered.js';

const LONGEST = 64;
const TAG = /^[a-z]{2,3}(?:[-_][a-z]{4})?(?:[-_](?:[a-z]{2}|\d{3}))?$/i;

const NOT_LANGUAGE = refused('isLocale', 'must be a language tag such as en, de-AT or zh-Hant');

const KNOWN = new Intl.DisplayNames(['en'], { type: 'language', fallback: 'none' });
// ISO 639-1, for names; tags may use any language Intl knows.
const NAMED =
  'aa ab af ak am ar as ay az ba be bg bm bn bo br bs ca ce co cs cy da de dv dz ee el en eo es ' +
  'et eu fa ff fi fo fr fy ga gd gl gn gu gv ha he hi hr ht hu hy ia id ig is it ja jv ka kk kl ' +
  'km kn ko ku kw ky la lb lg ln lo lt lv mg mi mk ml mn mr ms mt my nb nd ne nl nn no nv ny oc ' +
  'om or os pa pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr st su sv sw ta ' +
  'te tg th ti tk tn to tr ts tt ug uk ur uz ve vi vo wo xh yi yo za zh zu';

let names: Map<string, string> | undefined;

const lookUp = remembered((raw: string): Normalized<string> => {
  const text = raw.trim();
  if (TAG.test(text)) {
    const [tag] = Intl.getCanonicalLocales(text.replaceAll('_', '-'));
    const language = tag?.split('-')[0];
    if (tag !== undefined && language && KNOWN.of(language) !== undefined) return accepted(tag);
  }
  names ??= buildNames();
  const code = names.get(fold(text));
  return code === undefined ? NOT_LANGUAGE : accepted(code);
});

/**
 * A BCP 47 tag of language, script and region in canonical case (`en`, `de-AT`, `zh-Hant-TW`), from
 * a tag in any case, with `-` or `_`, or from a language's English name or its own (`Deutsch`).
 */
export function normalizeLanguage(raw: unknown): Normalized<string> {
  return typeof raw !== 'string' || raw.length > LONGEST ? NOT_LANGUAGE : lookUp(raw);
}

function buildNames(): Map<string, string> {
  const result = new Map<string, string>();
  for (const code of NAMED.split(' ')) {
    for (const locale of ['en', code]) {
      const name = new Intl.DisplayNames([locale], { type: 'language' }).of(code);
      if (name !== undefined && !result.has(fold(name))) result.set(fold(name), code);
    }
  }
  return result.set('mandarin', 'zh').set('汉语', 'zh').set('漢語', 'zh').set('farsi', 'fa');
}
