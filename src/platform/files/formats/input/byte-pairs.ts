/** What the bytes beyond ASCII of a text show when they are read as characters of two bytes. */
export interface PairStatistics {
  /** Pairs, of a high byte and whatever follows it. */
  pairs: number;
  /** Share of the high bytes in runs of even length: all, where both bytes of each pair are high. */
  evenRuns: number;
  /** Share of the pairs whose second byte is ASCII. */
  lowSeconds: number;
  /** Shares of the pairs whose first byte is in the range of … */
  /** … the 3,755 commonest Chinese characters in GB2312 (B0–D7), */
  commonChinese: number;
  /** … Korean syllables in EUC-KR (B0–C8), */
  hangul: number;
  /** … Japanese syllables in EUC-JP (A4, A5), */
  kana: number;
  /** … the 5,401 commonest Chinese characters in Big5 (A4–C6). */
  commonBig5: number;
}

/** Counts pairs in text that has bytes beyond ASCII. */
export function pairStatistics(bytes: Uint8Array): PairStatistics {
  const firsts: number[] = [];
  let low = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const first = bytes[at]!;
    if (first < 0x80) continue;
    firsts.push(first);
    at += 1;
    if ((bytes[at] ?? 0) < 0x80) low += 1;
  }
  const share = (count: number) => count / Math.max(1, firsts.length);
  const between = (from: number, to: number) =>
    share(firsts.filter((first) => first >= from && first <= to).length);
  return {
    pairs: firsts.length,
    evenRuns: evenRuns(bytes),
    lowSeconds: share(low),
    commonChinese: between(0xb0, 0xd7),
    hangul: between(0xb0, 0xc8),
    kana: between(0xa4, 0xa5),
    commonBig5: between(0xa4, 0xc6),
  };
}

function evenRuns(bytes: Uint8Array): number {
  let all = 0;
  let even = 0;
  let run = 0;
  for (let at = 0; at <= bytes.length; at += 1) {
    if ((bytes[at] ?? 0) >= 0x80) {
      run += 1;
      continue;
    }
    all += run;
    if (run % 2 === 0) even += run;
    run = 0;
  }
  return even / Math.max(1, all);
}
