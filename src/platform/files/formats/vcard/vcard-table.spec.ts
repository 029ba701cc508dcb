import { describe, expect, it } from '@jest/globals';
import { fileOf, readFile } from '../../../../../test/support/import-files.js';
import type { Row } from '../row.js';

async function read(text: string | Uint8Array, ...sizes: number[]) {
  const { reader, rows } = await readFile(fileOf(text, ...sizes));
  const named = (row: Row) =>
    Object.fromEntries(
      row.cells.flatMap((cell, at) => (cell === undefined ? [] : [[reader.headers[at], cell]])),
    ) as Record<string, unknown>;
  return { reader, rows, cards: rows.map(named) };
}

const card = (...lines: string[]) => ['BEGIN:VCARD', ...lines, 'END:VCARD', ''].join('\r\n');

describe('vcard', () => {
  it('maps the properties of version 3 to columns named like those of contacts', async () => {
    const { reader, cards } = await read(
      card(
        'VERSION:3.0',
        'FN:Dr. Ann Müller',
        'N:Müller;Ann;Maria;Dr.;',
        'ORG:Muster\\, Söhne & Co.;Einkauf;Süd',
        'TITLE:Leiterin\\; Einkauf',
        'EMAIL;TYPE=INTERNET:ann@home.example',
        'EMAIL;TYPE=INTERNET,WORK,PREF:ann@work.example',
        'TEL;TYPE=WORK,VOICE:+49 30 1234',
        'TEL;TYPE=CELL:+49 170 1',
        'TEL;TYPE=HOME:+49 30 99',
        'TEL;TYPE=FAX,WORK:+49 30 12349',
        'item1.ADR;TYPE=WORK:PF 7;Hof 2;Hauptstr. 1;Berlin;BE;10115;Germany',
        'item1.X-ABADR:de',
        'URL:https://example.com/a?b=c',
        'NOTE:first\\nsecond',
        'CATEGORIES:vip,press',
        'BDAY:1980-01-31',
        'PHOTO;ENCODING=b;TYPE=JPEG:AAAA',
        ' BBBB',
        'X-SKYPE:ann.m',
      ),
    );
    expect(reader.format).toBe('vcard');
    expect(cards[0]).toEqual({
      fullName: 'Dr. Ann Müller',
      lastName: 'Müller',
      firstName: 'Ann',
      middleName: 'Maria',
      namePrefix: 'Dr.',
      company: 'Muster, Söhne & Co.',
      department: 'Einkauf, Süd',
      title: 'Leiterin; Einkauf',
      email: 'ann@work.example',
      email2: 'ann@home.example',
      phone: '+49 30 1234',
      mobile: '+49 170 1',
      phone2: '+49 30 99',
      fax: '+49 30 12349',
      'address.street': 'Hauptstr. 1, Hof 2, PF 7',
      'address.city': 'Berlin',
      'address.region': 'BE',
      'address.postalCode': '10115',
      'address.country': 'Germany',
      'X-ABADR': 'de',
      website: 'https://example.com/a?b=c',
      description: 'first\nsecond',
      tags: ['vip', 'press'],
      birthday: '1980-01-31',
      'X-SKYPE': 'ann.m',
    });
  });

  it('reads version 2.1 with its bare types, charsets and quoted-printable lines', async () => {
    const { cards } = await read(
      card(
        'VERSION:2.1',
        'N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=4D=C3=BCller;J=C3=B6rg;;;',
        'TEL;CELL;PREF:0170 1',
        'TEL;HOME;FAX:030 2',
        'NOTE;ENCODING=QUOTED-PRINTABLE;CHARSET=ISO-8859-1:Gr=FC=DFe=0D=0A=',
        'aus K=F6ln; bis bald',
        'ADR;HOME;CHARSET=GBK;ENCODING=QUOTED-PRINTABLE:;;=B3=A4=B0=B2=BD=D6;=B1=B1=BE=A9;;;',
        'TITLE:Head of',
        ' Sales',
        'AGENT:',
        'BEGIN:VCARD',
        'FN:Somebody else',
        'END:VCARD',
        'EMAIL;INTERNET:j@example.com',
      ),
    );
    expect(cards).toEqual([
      {
        lastName: 'Müller',
        firstName: 'Jörg',
        mobile: '0170 1',
        fax: '030 2',
        description: 'Grüße\r\naus Köln; bis bald',
        'address.street': '长安街',
        'address.city': '北京',
        title: 'Head of Sales',
        email: 'j@example.com',
      },
    ]);
  });

  it('reads version 4 with its preferences, URIs and quoted parameters', async () => {
    const { cards } = await read(
      card(
        'VERSION:4.0',
        'FN:A',
        'TEL;VALUE=uri;PREF=50;TYPE="voice,home":tel:+1-555-1',
        'TEL;VALUE=uri;PREF=1;TYPE="voice,work":tel:+1-555-2',
        'EMAIL:mailto:a@example.com',
        'ADR;LABEL="1: A;B":;;Main St;Springfield;;;USA',
        'ADR:;;Second St;;;;',
        'KIND:individual',
      ),
    );
    expect(cards).toEqual([
      {
        fullName: 'A',
        phone: '+1-555-2',
        phone2: '+1-555-1',
        email: 'a@example.com',
        'address.street': 'Main St',
        'address.city': 'Springfield',
        'address.country': 'USA',
        'address2.street': 'Second St',
      },
    ]);
  });

  it('unfolds long lines wherever the file is cut, also within a character', async () => {
    const text = card('VERSION:3.0', 'FN:Ann', 'NOTE:This is a lo', ' ng düsc', '\tription.');
    for (const size of [1, 3, 50, 1000]) {
      const { cards, rows } = await read(text + text, size);
      expect(cards.map(({ description }) => description)).toEqual(
        Array(2).fill('This is a long düscription.'),
      );
      expect(rows.map(({ line }) => line)).toEqual([1, 8]);
    }
  });

  it('rejects cards that are broken and reads the others', async () => {
    const { rows } = await read(
      `${card('FN:1')}stray\nlines\n${card('FN:2', 'no property here')}BEGIN:VCARD\nFN:3\n` +
        `${card('FN:4')}${card('FN:x=', 'NOTE;ENCODING=QUOTED-PRINTABLE:=FF=FE')}` +
        `${card('FN:5')}BEGIN:VCARD\nFN:6\n`,
    );
    expect(rows.map(({ line, error, cells }) => [line, error?.code ?? cells[0]])).toEqual([
      [1, '1'],
      [4, 'invalid-card'],
      [6, 'invalid-card'],
      [10, 'invalid-card'],
      [12, '4'],
      [15, 'invalid-encoding'],
      [19, '5'],
      [22, 'invalid-card'],
    ]);
  });

  it('skips pictures of any size and rejects cards beyond the limits', async () => {
    const picture = Array.from({ length: 2000 }, () => ` ${'A'.repeat(75)}`);
    const { rows } = await readFile(
      fileOf(
        card('VERSION:3.0', 'FN:1', 'PHOTO;ENCODING=b:AAAA', ...picture) +
          card('FN:2', `NOTE:${'x'.repeat(50_000)}`, ...picture) +
          card(...Array.from({ length: 1100 }, (_, at) => `TEL:${at}`)) +
          card('FN:4'),
      ),
      { limits: { maxRow: 100_000 } },
    );
    expect(rows.map(({ error }) => error?.code ?? 'good')).toEqual([
      'good',
      'row-too-long',
      'too-many-columns',
      'good',
    ]);
  });
});
