import { describe, expect, it } from '@jest/globals';
import iconv from 'iconv-lite';
import { fileOf, outcome, readFile } from '../../../../../test/support/import-files.js';

const WESTERN = ['Jürgen Müller,Größe GmbH', 'François Lefèvre,Société', 'José Muñoz,“Café”'];
const PORTUGUESE = ['João Conceição,São Paulo', 'Inês Magalhães,Évora', 'Irmãos Simões,União'];
const NORDIC = ['Åsa Öberg,Järn & Stål', 'Søren Ærø,Ålborg', 'Göran,Malmö – Väst'];
const CHINESE = ['张伟,阿里巴巴', '王芳,腾讯科技有限公司', '李娜,华为技术有限公司'];
const JAPANESE = ['山田太郎,株式会社トヨタ', '佐藤花子,ソニー', '鈴木一郎,任天堂'];
const KOREAN = ['김철수,삼성전자', '이영희,현대자동차', '박지성,엘지전자'];
const TAIWANESE = ['陳小明,台灣積體電路', '林美麗,鴻海精密', '黃志強,中華電信'];
const RUSSIAN = ['Иван Петров,ООО Ромашка', 'Мария Сидорова,Газпром', 'Олег,Яндекс'];

const textOf = (rows: readonly string[], count = rows.length) =>
  `name,company\n${Array.from({ length: count }, (_, row) => rows[row % rows.length]).join('\n')}\n`;
const cellsOf = (rows: readonly string[]) => rows.map((row) => row.split(','));

describe('the encoding', () => {
  it.each([
    ['utf-8', WESTERN],
    ['utf-8', CHINESE],
    ['utf-16le', WESTERN],
    ['utf-16be', WESTERN],
    ['utf-16le', CHINESE],
    ['utf-16be', CHINESE],
    ['windows-1252', WESTERN],
    ['windows-1252', PORTUGUESE],
    ['windows-1252', NORDIC],
    ['gb18030', CHINESE],
    ['big5', TAIWANESE],
    ['shift_jis', JAPANESE],
    ['euc-jp', JAPANESE],
    ['euc-kr', KOREAN],
    ['windows-1251', RUSSIAN],
  ])('%s is told from the bytes alone', async (encoding, rows) => {
    for (const count of [1, 3]) {
      const bytes = iconv.encode(textOf(rows, count), encoding, { addBOM: false });
      const file = await readFile(fileOf(bytes, 5, 3));
      expect(file.reader.encoding).toBe(encoding);
      expect(outcome(file.rows)).toEqual(cellsOf(rows).slice(0, count));
    }
  });

  it.each(['utf-8', 'utf-16le', 'utf-16be', 'utf-32le', 'gb18030'])(
    '%s is told from its byte order mark, whatever was declared',
    async (encoding) => {
      const bytes = iconv.encode(`\ufeff${textOf(CHINESE)}`, encoding, { addBOM: false });
      const file = await readFile(fileOf(bytes, 1), { encoding: 'windows-1252' });
      expect(file.reader.encoding).toBe(encoding);
      expect(file.reader.headers).toEqual(['name', 'company']);
      expect(outcome(file.rows)).toEqual(cellsOf(CHINESE));
    },
  );

  it('is settled at the first byte beyond ASCII, however late that comes', async () => {
    const ascii = 'x,y\n'.repeat(100_000);
    for (const [encoding, rows] of [
      ['windows-1252', WESTERN],
      ['gb18030', CHINESE],
      ['utf-8', CHINESE],
    ] as const) {
      const bytes = iconv.encode(`name,company\n${ascii}${rows.join('\n')}\n`, encoding);
      const file = await readFile(fileOf(bytes, 60_000));
      expect(file.reader.encoding).toBe(encoding);
      expect(outcome(file.rows.slice(-3))).toEqual(cellsOf(rows));
    }
  });

  it('can be given under the names people use', async () => {
    for (const [label, encoding] of [
      ['Latin1', 'windows-1252'],
      ['GBK', 'gb18030'],
      ['UTF-16', 'utf-16le'],
      ['ISO-8859-2', 'iso-8859-2'],
    ] as const) {
      const bytes = iconv.encode('name,city\nŁódź Müller 张,x\n', encoding, { addBOM: false });
      const { reader } = await readFile(fileOf(bytes), { encoding: label });
      expect(reader.encoding).toBe(encoding);
    }
  });

  it('is refused where the bytes speak against what was declared', async () => {
    const utf8 = Buffer.from(textOf(WESTERN));
    for (const encoding of ['windows-1252', 'utf-16', 'utf-16be']) {
      await expect(readFile(fileOf(utf8), { encoding })).rejects.toMatchObject({
        code: 'wrong-encoding',
      });
    }
    const chinese = fileOf(textOf(CHINESE));
    await expect(readFile(chinese, { encoding: 'gb18030' })).rejects.toMatchObject({
      code: 'wrong-encoding',
    });
    const late = `a,b\n${'x,y\n'.repeat(100_000)}é,à\n`;
    const file = await readFile(fileOf(late), { encoding: 'windows-1252' });
    expect(file.error).toMatchObject({ code: 'wrong-encoding' });
  });

  it('is refused rather than guessed where no reading gives words', async () => {
    const greek = iconv.encode('name,city\nΓιώργος Παπαδόπουλος,Αθήνα\n', 'windows-1253');
    await expect(readFile(fileOf(greek))).rejects.toMatchObject({ code: 'unknown-encoding' });
    const file = await readFile(fileOf(greek), { encoding: 'windows-1253' });
    expect(outcome(file.rows)).toEqual([['Γιώργος Παπαδόπουλος', 'Αθήνα']]);
  });
});

describe('bytes that are no text in the encoding', () => {
  const late = (bad: Buffer) =>
    Buffer.concat([
      Buffer.from(`name,city\nMüller,Köln\nGrün,Wien\n${'x,y\n'.repeat(100_000)}`),
      bad,
      Buffer.from('\nBär,Bern\n'),
    ]);

  it('cost the row they are in, wherever it is and however the file is cut', async () => {
    const bytes = late(Buffer.from('J\xfcrgen,Ulm', 'latin1'));
    for (const size of [61, 65_536, bytes.length]) {
      const { rows } = await readFile(fileOf(bytes, size));
      expect(outcome(rows.slice(-2))).toEqual(['100004: invalid-encoding', ['Bär', 'Bern']]);
    }
  });

  it('are shown as what they probably are, so that the mended row can be sent again', async () => {
    const { rows } = await readFile(
      fileOf(late(Buffer.from('J\xfcrgen \x96 Zo\xeb,Ulm', 'latin1'))),
    );
    expect(rows.at(-2)!.cells).toEqual(['Jürgen – Zoë', 'Ulm']);
    expect(rows.at(-2)!.error!.detail).toContain('Cell 1');
  });

  it('are found in UTF-16, UTF-8 and GB18030 alike', async () => {
    const utf16 = Buffer.concat([
      Buffer.from('\ufeffa,b\nx\ud800y,1\nü,2\n', 'utf16le'),
      Buffer.from([0x41]),
    ]);
    expect(outcome((await readFile(fileOf(utf16, 3))).rows)).toEqual([
      '2: invalid-encoding',
      ['ü', '2'],
      '4: too-few-cells',
    ]);
    const chinese = Buffer.concat([
      iconv.encode(textOf(CHINESE), 'gb18030'),
      Buffer.from([0xff, 0x2c, 0x41, 0x0a]),
    ]);
    const file = await readFile(fileOf(chinese), { encoding: 'gb18030' });
    expect(outcome(file.rows.slice(-1))).toEqual(['5: invalid-encoding']);
  });

  it('do not make a real U+FFFD a fault', async () => {
    expect(outcome((await readFile(fileOf('a,b\n\ufffd,é\n'))).rows)).toEqual([['\ufffd', 'é']]);
  });
});
