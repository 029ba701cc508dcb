import { randomBytes, randomUUID } from 'node:crypto';
import type { RequestContext } from '../../src/common/context.js';
import { Config } from '../../src/config/config.js';
import { SYSTEM } from '../../src/platform/database/database.js';
import type { Database } from '../../src/platform/database/database.js';
import { openDatabase } from '../../src/platform/database/database.module.js';
import { indexDocuments } from '../../src/platform/search/search-documents.js';
import type { SearchDocument } from '../../src/platform/search/search-documents.js';
import { SearchFinder } from '../../src/platform/search/search-finder.js';
import { SearchSources } from '../../src/platform/search/search-source.js';
import type { FillScope } from '../../src/platform/search/search-source.js';
import { createTestDatabase, type TestDatabase } from './database.js';

/** What a test says of a contact: the name is kept as the last name. */
export interface TestContact {
  id?: string;
  name: string;
  subtitle?: string;
  texts?: string[];
  ownerId?: string;
}

/** A database with contacts that can be searched, without the modules that keep them. */
export class SearchFixture {
  readonly sources = new SearchSources();
  readonly finder: SearchFinder;

  private constructor(
    readonly server: TestDatabase,
    readonly database: Database,
  ) {
    this.finder = new SearchFinder(database, this.sources);
    this.sources.register({
      object: 'contact',
      table: 'contacts',
      documents: (scope, ids) => this.documents(scope, ids),
    });
  }

  static async open(): Promise<SearchFixture> {
    const server = await createTestDatabase();
    const config = Object.assign(new Config(), { databaseUrl: server.url });
    return new SearchFixture(server, await openDatabase(config, 'keel-test'));
  }

  async close(): Promise<void> {
    await this.database.close();
    await this.server.drop();
  }

  async createWorkspace(): Promise<RequestContext> {
    const workspaceId = randomUUID();
    const insert = "insert into workspaces (id, name) values ($1, 'Test')";
    await this.database.query(SYSTEM, insert, [workspaceId]);
    return {
      workspaceId,
      principal: { type: 'user', id: randomUUID(), userId: randomUUID() },
      grants: new Map([['contact:read', 'all']]),
      accessKey: '',
      requestId: 'test',
      ip: null,
    };
  }

  /** Stores contacts without indexing them; returns their ids. */
  async store(ctx: RequestContext, contacts: readonly TestContact[]): Promise<string[]> {
    const rows = contacts.map((contact) => ({
      id: contact.id ?? idInOrder(),
      name: contact.name,
      email: contact.texts?.find((text) => text.includes('@')) ?? null,
      owner: contact.ownerId ?? null,
    }));
    await this.database.query(
      ctx,
      `insert into contacts (workspace_id, id, last_name, email, owner_id)
        select $1, id, name, email, owner
        from json_to_recordset($2::json) as c (id uuid, name text, email text, owner uuid)
        on conflict (workspace_id, id) do update set last_name = excluded.last_name`,
      [ctx.workspaceId, JSON.stringify(rows)],
    );
    return rows.map(({ id }) => id);
  }

  /** Stores contacts and indexes them in one go; returns their ids. */
  async add(ctx: RequestContext, contacts: readonly TestContact[]): Promise<string[]> {
    const ids = await this.store(ctx, contacts);
    const documents = contacts.map(({ name, subtitle = '', texts = [] }, place) => ({
      object: 'contact',
      recordId: ids[place] ?? '',
      title: name,
      subtitle,
      texts,
    }));
    for (let start = 0; start < documents.length; start += 1000) {
      const batch = documents.slice(start, start + 1000);
      await this.database.run(ctx, [indexDocuments(ctx.workspaceId, batch)]);
    }
    return ids;
  }

  /** Titles of the hits, the best first. */
  async titles(ctx: RequestContext, text: string, limit = 20): Promise<string[]> {
    const reach = ctx.grants.get('contact:read') ?? 'all';
    const hits = await this.finder.find(ctx, text, [{ object: 'contact', reach }], limit);
    return hits.map(({ title }) => title);
  }

  private async documents(scope: FillScope, ids: readonly string[]): Promise<SearchDocument[]> {
    const rows = await this.database.query<{ id: string; name: string; hidden: boolean }>(
      scope,
      `select id, last_name as name, deleted_at is not null as hidden from contacts
        where workspace_id = $1 and id = any($2::uuid[])`,
      [scope.workspaceId, ids],
    );
    return rows.map(({ id, name, hidden }) => ({
      object: 'contact',
      recordId: id,
      title: name,
      subtitle: '',
      texts: [],
      hidden,
    }));
  }
}

let count = 0;

/** An id later than those before it, as records have. */
function idInOrder(): string {
  count += 1;
  const time = (1_700_000_000_000 + count).toString(16).padStart(12, '0');
  const random = randomBytes(8).toString('hex');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8${random.slice(0, 3)}-${random.slice(3, 15)}`;
}
