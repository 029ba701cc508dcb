import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RequestContext } from '../../src/common/context.js';
import { parseListQuery } from '../../src/common/list-query.js';
import { ContactsService } from '../../src/modules/contacts/contacts.service.js';
import type { Statement } from '../../src/platform/database/pipeline.js';
import { MOST_LOOKED_AT } from '../../src/platform/records/list-sql.js';
import { RecordKit } from '../../src/platform/records/record-kit.js';
import { RecordSettings } from '../../src/platform/records/record-settings.js';
import { SearchSources } from '../../src/platform/search/search-source.js';
import { SearchFixture } from '../support/search-fixture.js';
import { StatementRecorder } from '../support/statement-recorder.js';

/** So many before those with the common word that a list has to go on another way. */
const BEFORE = MOST_LOOKED_AT + 5000;
const COMMON = 24_000;
/** Those of them that have an e-mail address. */
const REACHED = 20;
const NAMES = Array.from({ length: COMMON }, (_, n) => `Zhang ${String(n).padStart(5, '0')}`);

let fixture: SearchFixture;
let ctx: RequestContext;
let contacts: ContactsService;
let recorder: StatementRecorder;

beforeAll(async () => {
  fixture = await SearchFixture.open();
  ctx = await fixture.createWorkspace();
  const before = Array.from({ length: BEFORE }, (_, n) => ({
    ...{ name: `Adams ${n}`, texts: [`adams${n}@example.com`] },
  }));
  const far = NAMES.map((name, n) => {
    const texts = n < REACHED ? [`zhang${n + 10}@example.com`] : [];
    return { name, texts };
  });
  await fixture.add(ctx, [...before, ...far]);
  const { database } = fixture;
  contacts = new ContactsService(
    new RecordKit(database, new RecordSettings(database), new SearchSources()),
  );
  recorder = new StatementRecorder(database);
}, 180_000);

afterAll(() => fixture.close());

interface Page {
  names: string[];
  next: string | null;
  /** The statements that read contacts. */
  sent: Statement[];
}

async function page(params: Record<string, string>): Promise<Page> {
  let json = '';
  const sent = await recorder.of(async () => {
    ({ json } = await contacts.reader.page(ctx, parseListQuery({ query: 'zhang', ...params })));
  });
  const { data, page: place } = JSON.parse(json);
  return {
    names: data.map(({ lastName }: { lastName: string }) => lastName),
    next: place.nextCursor,
    sent: sent.filter(({ text }) => /from contacts r/.test(text)),
  };
}

describe('a list by a common word', () => {
  it('is read row by row where its records are near, in one statement', async () => {
    const { names, sent } = await page({ sort: '-lastName', limit: '100' });
    expect(names).toEqual(NAMES.slice(-100).reverse());
    expect(sent).toHaveLength(1);
  });

  it('goes on by all that is found where they are far, page after page', async () => {
    const first = await page({ sort: 'lastName', limit: '500' });
    expect(first.names).toEqual(NAMES.slice(0, 500));
    expect(first.sent).toHaveLength(3);
    const second = await page({ sort: 'lastName', limit: '500', cursor: first.next ?? '' });
    expect(second.names).toEqual(NAMES.slice(500, 1000));
    // There they are near.
    expect(second.sent).toHaveLength(1);
  });

  it('ends where no row is left, without reading all that is found', async () => {
    const filter = { 'filter[lastName][gte]': 'Zhang 23990', sort: 'lastName', limit: '50' };
    const { names, next, sent } = await page(filter);
    expect(names).toEqual(NAMES.slice(23_990));
    expect(next).toBeNull();
    expect(sent).toHaveLength(2);
  });

  it('holds no record without a value before those with one that are far', async () => {
    const first = await page({ sort: 'email,lastName', limit: '50' });
    expect(first.names).toEqual(NAMES.slice(0, 50));
    const second = await page({ sort: 'email,lastName', limit: '50', cursor: first.next ?? '' });
    expect(second.names).toEqual(NAMES.slice(50, 100));
  });

  it('looks at rows in the order of an index', async () => {
    const { sent } = await page({ sort: 'lastName', limit: '50' });
    for (const { text, params = [] } of sent.slice(0, 2)) {
      const lines = await fixture.database.query(ctx, `explain (costs off) ${text}`, [...params]);
      const plan = lines.map((line) => line['QUERY PLAN']).join('\n');
      expect(plan).toMatch(/using contacts_last_name/);
      expect(plan).not.toMatch(/Seq Scan|Sort/);
    }
  });

  it('counts them all the same', async () => {
    const query = parseListQuery({ query: 'zhang', sort: 'lastName', limit: '1', count: 'exact' });
    const { json } = await contacts.reader.page(ctx, query);
    expect(JSON.parse(json).page.total).toBe(COMMON);
  });
});
