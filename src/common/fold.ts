// eslint-disable-next-line no-control-regex
const BEYOND_ASCII = /[^\x00-\x7f]/;
const BEYOND_LATIN_1 = /[^\x00-\xff]/; // eslint-disable-line no-control-regex

/**
 * Marks that are accents and can be left out: Latin, Greek and Cyrillic diacritics, Hebrew points,
 * Arabic vowel signs and elongation. Marks that make another letter or vowel are kept: Japanese
 * voicing, Thai and Indic vowel signs.
 */
// eslint-disable-next-line no-misleading-character-class -- single marks are what it looks for
const ACCENTS = /[\u0300-\u036f\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670]/g;

/** Letters Unicode does not decompose, and what people type instead of them. */
const LETTERS: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ð: 'd',
  đ: 'd',
  þ: 'th',
  ł: 'l',
  ı: 'i',
  ħ: 'h',
  ŋ: 'n',
  ŧ: 't',
  ĸ: 'k',
  ə: 'e',
  ɨ: 'i',
  ς: 'σ',
  ʼ: "'",
  '’': "'",
  '‘': "'",
};
const LETTER = /[ßæœøðđþłıħŋŧĸəɨςʼ’‘]/g;

/**
 * Text as search and comparison see it: lower-case, without accents, compatibility forms (full
 * width, ligatures) made plain. `Müller` and `MULLER` are both `muller`, `Łódź` is `lodz`,
 * `Straße` is `strasse`. Letters of other scripts stay themselves, composed (NFC).
 */
export function fold(text: string): string {
  if (!BEYOND_ASCII.test(text)) return text.toLowerCase();
  const folded = text
    .normalize('NFKD')
    .toLowerCase()
    .replace(ACCENTS, '')
    .replace(LETTER, (letter) => LETTERS[letter] ?? letter);
  // Decomposition took Hangul and voiced kana apart; Latin text has nothing left to compose.
  return BEYOND_LATIN_1.test(folded) ? folded.normalize('NFC') : folded;
}
