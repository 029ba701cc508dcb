/** Longest introduction of a quote that is known as one, over all its lines. */
const LONGEST_HEADER = 400;
/** Lines that mail programs break such an introduction into. */
const HEADER_LINES = 4;
/** Lines after the first that the block of an Outlook quote has. */
const BLOCK_LINES = 7;

/** How an introduction begins and ends, by language; in between are a date, a name, an address. */
const INTRODUCTIONS: readonly [begins: RegExp, ends: RegExp][] = [
  [/^(?:Am|Den|Op|På|Il giorno|Le|El|Em|W dniu|Dnia)\b/, / ?:$/],
  [/\bschrieb am\b/, / ?:$/],
  [/^/, /(?:wrote|schrieb|écrit|escribió|scritto|escreveu|schreef|skrev|napisał\(a\)) ?:$/],
  [/^/, /(?:写道|寫道|写到|のメッセージ|작성) ?[:：]$/],
];
const SAID =
  /wrote|schrieb|écrit|escribió|scritto|escreveu|schreef|skrev|pisze|napisał|写道|寫道|写到|のメッセージ|작성/;
/** An introduction holds an address, a time, a year or a date; sentences that end in "wrote:" do not. */
const DATED = /@|\d{1,2}[:.]\d{2}|\b(?:19|20)\d{2}\b|(?:19|20)\d{2}年/;

/** Gmail in Japanese and others: `2026年1月5日(月) 10:00 名前 <a@b.example>:`. */
const DATE_AND_ADDRESS = /^\d{4}[年./-].*<[^<>@\s]+@[^<>@\s]+> ?[:：]$/;

const SEPARATOR =
  /^[-_ ]{2,}(?:Original Message|Original-Nachricht|Ursprüngliche Nachricht|Message d'origine|Mensaje original|Messaggio originale|Oorspronkelijk bericht|原始邮件|原始郵件|原邮件|元のメッセージ)[-_ ]*$/i;

const SENDER = /^\*?(?:From|Von|De|Da|Van|Från|Fra|Od|发件人|寄件者|差出人|보낸 사람)\*? ?[:：]/;
const FURTHER = [
  /^\*?(?:Sent|Date|Gesendet|Datum|Envoyé|Enviado|Fecha|Inviato|Data|Verzonden|Skickat|发送时间|日期|寄件日期|送信日時|보낸 날짜)\*? ?[:：]/,
  /^\*?(?:To|An|À|Para|A|Aan|Till|Do|收件人|收件者|宛先|받는 사람)\*? ?[:：]/,
  /^\*?(?:Subject|Betreff|Objet|Asunto|Oggetto|Onderwerp|Ämne|Temat|主题|主旨|件名|제목)\*? ?[:：]/,
];

/**
 * What is new in a reply: the text without the history that mail programs quote below, above or
 * between it. Knows the introductions of Gmail, Outlook and Apple Mail in a dozen languages. Takes
 * time in proportion to the text. A text that is nothing but history is left as it is.
 */
export function newTextOf(text: string): string {
  const lines = text.split('\n');
  const kept: string[] = [];
  for (let at = 0; at < lines.length;) {
    const quote = quoteAt(lines, at);
    if (quote === 'rest') break;
    if (quote > at) at = quote;
    else kept.push(lines[at++] as string);
  }
  while (/^(?:[-_]{5,}|\s*)$/.test(kept.at(-1) ?? 'x')) kept.pop();
  const fresh = kept
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
  return fresh === '' ? text.trim() : fresh;
}

/** Where the quote that begins at a line ends; the line itself when none does, or all the rest. */
function quoteAt(lines: readonly string[], at: number): number | 'rest' {
  if (isQuoted(lines[at])) return endOfQuoted(lines, at);
  const first = (lines[at] as string).trim();
  if (first === '') return at;
  if (SEPARATOR.test(first.slice(0, 100)) || isOutlookBlock(lines, at)) return 'rest';
  const after = introductionAt(lines, at);
  if (after === null) return at;
  const next = nextFilled(lines, after);
  return isQuoted(lines[next]) ? endOfQuoted(lines, next) : 'rest';
}

const isQuoted = (line: string | undefined): boolean => line?.trimStart().startsWith('>') === true;

/** Behind quoted lines and the empty ones among them. */
function endOfQuoted(lines: readonly string[], from: number): number {
  let end = from;
  for (let at = from; at < lines.length; at += 1) {
    if (isQuoted(lines[at])) end = at + 1;
    else if ((lines[at] as string).trim() !== '') break;
  }
  return end;
}

function nextFilled(lines: readonly string[], from: number): number {
  let at = from;
  while (at < lines.length && (lines[at] as string).trim() === '') at += 1;
  return at;
}

/** Behind an introduction that begins here, which may be broken into some lines; null without. */
function introductionAt(lines: readonly string[], at: number): number | null {
  let joined = '';
  for (let end = at; end < Math.min(at + HEADER_LINES, lines.length); end += 1) {
    const line = (lines[end] as string).trim();
    if (line === '' || joined.length + line.length > LONGEST_HEADER) return null;
    joined = joined === '' ? line : `${joined} ${line}`;
    if (isIntroduction(joined)) return end + 1;
  }
  return null;
}

function isIntroduction(line: string): boolean {
  if (!/[:：]$/.test(line) || !DATED.test(line)) return false;
  if (DATE_AND_ADDRESS.test(line)) return true;
  return (
    SAID.test(line) && INTRODUCTIONS.some(([begins, ends]) => begins.test(line) && ends.test(line))
  );
}

/** `From:` with at least two of when, to whom and about what in the lines below. */
function isOutlookBlock(lines: readonly string[], at: number): boolean {
  if (!SENDER.test((lines[at] as string).trim().slice(0, 100))) return false;
  const below = lines.slice(at + 1, at + 1 + BLOCK_LINES).map((line) => line.trim().slice(0, 100));
  return FURTHER.filter((label) => below.some((line) => label.test(line))).length >= 2;
}
