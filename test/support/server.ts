import { randomUUID } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApi } from '../../src/api.js';
import { Config } from '../../src/config/config.js';
import { ensureFirstAdministrator } from '../../src/modules/workspaces/index.js';
import type { Database } from '../../src/platform/database/database.js';
import { openDatabase } from '../../src/platform/database/database.module.js';
import type { Client } from './client.js';
import { signIn } from './client.js';
import { createTestDatabase } from './database.js';
import type { TestDatabase } from './database.js';

export { Client, signIn } from './client.js';

export const ADMIN_EMAIL = 'admin@example.com';
/** Of every user that the tests make. */
export const PASSWORD = 'correct horse battery staple';

/** Closed after the suite by `environment.mjs`, where a test has failed before it could. */
const leftOpen = ((globalThis as { keelLeftOpen?: Set<() => Promise<void>> }).keelLeftOpen ??=
  new Set());

/** One API process: in this test's own process, on a free port. */
export interface TestInstance {
  url: string;
  app: NestFastifyApplication;
  config: Config;
  close(): Promise<void>;
}

export interface TestServer extends TestInstance {
  database: TestDatabase;
  /** The first administrator: owner of workspace "Main", and platform administrator. */
  admin: Client;
  /** Another API process on the same database; closed with the server. */
  startInstance(settings?: Partial<Config>): Promise<TestInstance>;
  /** A further workspace; the client is its owner. */
  createWorkspace(name?: string): Promise<Client>;
  /** A user with the role (built in, or the name of one of yours), signed in. */
  createUser(role: string, of?: Client): Promise<Client>;
}

/**
 * Boots the API over real HTTP on a database of its own.
 * @param settings other than the defaults; the throttle lets tests through unless they say so.
 */
export async function startServer(settings: Partial<Config> = {}): Promise<TestServer> {
  const database = await createTestDatabase();
  const instances: TestInstance[] = [];
  let closed: Promise<void> | undefined;
  const close = () =>
    (closed ??= (async () => {
      leftOpen.delete(close);
      await Promise.all(instances.map((instance) => instance.close()));
      await database.drop();
    })());
  leftOpen.add(close);
  try {
    return await boot(database, settings, instances, close);
  } catch (error) {
    // Nothing of a server that did not start may go on after its suite.
    await close();
    throw error;
  }
}

async function boot(
  database: TestDatabase,
  settings: Partial<Config>,
  instances: TestInstance[],
  close: () => Promise<void>,
): Promise<TestServer> {
  const config = configFor({ databaseUrl: database.url, ...settings });
  await makeAdministrator(config);
  const first = await startInstance(config);
  instances.push(first);
  const admin = await signIn(first.url, ADMIN_EMAIL, PASSWORD);
  return {
    ...first,
    database,
    admin,
    startInstance: async (other = {}) => {
      const instance = await startInstance(configFor({ ...config, ...other }));
      instances.push(instance);
      return instance;
    },
    createWorkspace: (name = 'Another') => createWorkspace(admin, name),
    createUser: (role, of = admin) => createUser(of, role),
    close,
  };
}

function configFor(settings: Partial<Config>): Config {
  return Object.assign(new Config(), {
    adminEmail: ADMIN_EMAIL,
    adminPassword: PASSWORD,
    throttleLimit: 1_000_000,
    databasePoolSize: 6,
    logLevel: 'silent',
    ...settings,
  });
}

async function makeAdministrator(config: Config): Promise<void> {
  const database: Database = await openDatabase(config, 'keel-test');
  try {
    await ensureFirstAdministrator(database, config);
  } finally {
    await database.close();
  }
}

async function startInstance(config: Config): Promise<TestInstance> {
  const app = await createApi(config);
  app.useLogger(['fatal', 'error']);
  await app.listen({ port: 0, host: '127.0.0.1' });
  const url = (await app.getUrl()).replace('[::1]', '127.0.0.1');
  let closed: Promise<void> | undefined;
  return { url, app, config, close: () => (closed ??= app.close()) };
}

async function createWorkspace(admin: Client, name: string): Promise<Client> {
  const email = `owner-${randomUUID()}@example.com`;
  const owner = { email, name: 'Owner', password: PASSWORD };
  await admin.expect(201, 'POST', '/v1/workspaces', { name, owner });
  return signIn(admin.url, email, PASSWORD);
}

async function createUser(of: Client, role: string): Promise<Client> {
  const email = `${role.replace(/\W+/g, '-')}-${randomUUID()}@example.com`;
  const user = { email, name: `A ${role}`, roles: [role], password: PASSWORD };
  await of.expect(201, 'POST', '/v1/users', user);
  return signIn(of.url, email, PASSWORD);
}
