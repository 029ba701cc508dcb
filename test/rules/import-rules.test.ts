import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

/** A small Keel that breaks each rule of .dependency-cruiser.cjs once: file to what it imports. */
const BROKEN: Record<string, { imports: string; rule: string; to: string }> = {
  'src/common/impure.ts': {
    imports: `import '@nestjs/common';`,
    rule: 'common-is-pure',
    to: 'node_modules/@nestjs/common/index.js',
  },
  'src/common/database.ts': {
    imports: `import 'pg';`,
    rule: 'common-is-pure',
    to: 'node_modules/pg/index.js',
  },
  'src/common/environment.ts': {
    imports: `import { port } from '../config/settings.js';\nexport const own = port;`,
    rule: 'common-is-pure',
    to: 'src/config/settings.ts',
  },
  'src/config/upwards.ts': {
    imports: `import type { Kept } from '../platform/kept.js';\nexport type K = Kept;`,
    rule: 'config-below-platform',
    to: 'src/platform/kept.ts',
  },
  'src/platform/upwards.ts': {
    imports: `import { A } from '../modules/alpha/index.js';\nexport const a = A;`,
    rule: 'platform-below-modules',
    to: 'src/modules/alpha/index.ts',
  },
  'src/modules/alpha/alpha.root.ts': {
    imports: `import { start } from '../../main.js';\nexport const s = start;`,
    rule: 'modules-below-roots',
    to: 'src/main.ts',
  },
  'src/modules/alpha/alpha.factory.ts': {
    imports: `import { made } from '../../../test/factory.js';\nexport const m = made;`,
    rule: 'src-without-tests',
    to: 'test/factory.ts',
  },
  'src/platform/cycle-a.ts': {
    imports: `import type { B } from './cycle-b.js';\nexport type A = B;`,
    rule: 'no-cycles',
    to: 'src/platform/cycle-b.ts',
  },
  'src/modules/alpha/alpha.shortcut.ts': {
    imports: `import { inner } from '../beta/beta.inner.js';\nexport const i = inner;`,
    rule: 'modules-through-index',
    to: 'src/modules/beta/beta.inner.ts',
  },
  'src/worker.ts': {
    imports: `import { inner } from './modules/beta/beta.inner.js';\nexport const i = inner;`,
    rule: 'roots-through-index',
    to: 'src/modules/beta/beta.inner.ts',
  },
  'src/modules/alpha/alpha.controller.ts': {
    imports: `import { rows } from './alpha.repository.js';\nexport const r = rows;`,
    rule: 'controllers-without-storage',
    to: 'src/modules/alpha/alpha.repository.ts',
  },
  'src/modules/beta/beta.controller.ts': {
    imports: `import type { Beta } from './beta.entity.js';\nexport type B = Beta;`,
    rule: 'controllers-without-storage',
    to: 'src/modules/beta/beta.entity.ts',
  },
  'src/modules/alpha/alpha.service.ts': {
    imports: `import type { E } from '@mikro-orm/core';\nexport type X = E;`,
    rule: 'services-without-orm',
    to: 'node_modules/@mikro-orm/core/index.js',
  },
  'src/platform/cache/rows.ts': {
    imports: `import 'kysely';`,
    rule: 'sql-in-its-place',
    to: 'node_modules/kysely/index.js',
  },
  'src/platform/alone.ts': {
    imports: 'export const alone = 1;',
    rule: 'no-orphans',
    to: 'src/platform/alone.ts',
  },
  'src/platform/testing.ts': {
    imports: `import 'jest';`,
    rule: 'no-dev-dependency',
    to: 'node_modules/jest/index.js',
  },
  'src/platform/borrowed.ts': {
    imports: `import 'undeclared';`,
    rule: 'declared-dependencies',
    to: 'node_modules/undeclared/index.js',
  },
  'src/platform/gone.ts': {
    imports: `import './not-there.js';`,
    rule: 'resolvable',
    to: './not-there.js',
  },
  'src/migrate.ts': {
    imports: `import { launch } from './platform/launch.js';\nlaunch();`,
    rule: 'production-without-embedded',
    to: 'src/platform/embedded/server.ts',
  },
  'src/platform/old.ts': {
    imports: `import 'node:punycode';`,
    rule: 'no-deprecated-core',
    to: 'punycode',
  },
};

/** What keeps the rules, and what the files above lean on. */
const SOUND: Record<string, string> = {
  'src/main.ts': `import { A } from './modules/alpha/index.js';\nexport const start = A;`,
  'src/config/settings.ts': `import { text } from '../common/text.js';\nexport const port = text;`,
  'src/common/text.ts': `import { size } from './size.js';\nexport const text = size;`,
  'src/common/size.ts': 'export const size = 1;',
  'src/platform/kept.ts': `import { port } from '../config/settings.js';\nexport type Kept = typeof port;`,
  'src/platform/cycle-b.ts': `import type { A } from './cycle-a.js';\nexport type B = A;`,
  'src/platform/launch.ts': `export { launch } from './embedded/server.js';`,
  'src/platform/embedded/server.ts': `import 'pg';\nexport const launch = (): void => undefined;`,
  'src/platform/database/pool.ts': `import 'pg';\nimport type { T } from 'jest-types';\nexport type U = T;`,
  'src/modules/alpha/index.ts': `export { rows as A } from './alpha.repository.js';`,
  'src/modules/alpha/alpha.repository.ts': `import 'pg';\nimport { B } from '../beta/index.js';\nexport const rows = B;`,
  'src/modules/alpha/alpha.repository.spec.ts': `import 'jest';\nimport './alpha.repository.js';`,
  'src/modules/beta/index.ts': `export { inner as B } from './beta.inner.js';`,
  'src/modules/beta/beta.inner.ts': `import { size } from '../../common/size.js';\nexport const inner = size;`,
  'src/modules/beta/beta.entity.ts': `import '@mikro-orm/core';\nexport type Beta = string;`,
  'test/factory.ts': 'export const made = 1;',
};

const DEPENDENCIES = ['@mikro-orm/core', '@nestjs/common', 'kysely', 'pg'];
const DEV_DEPENDENCIES = ['jest', 'jest-types'];

interface Violation {
  from: string;
  to: string;
  rule: { name: string };
}

async function write(path: string, content: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}

async function writeProject(folder: string): Promise<void> {
  const versions = (names: string[]) => Object.fromEntries(names.map((name) => [name, '1.0.0']));
  const manifest = {
    name: 'broken',
    type: 'module',
    dependencies: versions(DEPENDENCIES),
    devDependencies: versions(DEV_DEPENDENCIES),
  };
  await write(join(folder, 'package.json'), JSON.stringify(manifest));
  await write(join(folder, 'tsconfig.json'), '{"compilerOptions":{"module":"NodeNext"}}');
  for (const name of [...DEPENDENCIES, ...DEV_DEPENDENCIES, 'undeclared']) {
    const at = join(folder, 'node_modules', name);
    await write(join(at, 'package.json'), JSON.stringify({ name, version: '1.0.0' }));
    await write(join(at, 'index.js'), 'module.exports = {};');
  }
  for (const [path, content] of Object.entries(SOUND)) await write(join(folder, path), content);
  for (const [path, { imports }] of Object.entries(BROKEN)) {
    await write(join(folder, path), imports);
  }
}

/** Every violation dependency-cruiser finds with Keel's own rules. */
function cruise(folder: string): Promise<Violation[]> {
  const program = resolve('node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');
  const rules = resolve('.dependency-cruiser.cjs');
  const args = [program, '--config', rules, '--output-type', 'json', 'src'];
  return new Promise((done, failed) => {
    execFile(process.execPath, args, { cwd: folder, env: {} }, (_code, stdout, stderr) => {
      try {
        done(JSON.parse(stdout).summary.violations);
      } catch {
        failed(new Error(stderr || stdout));
      }
    });
  });
}

describe('import rules', () => {
  let folder = '';
  let found: Violation[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'keel-import-rules-'));
    await writeProject(folder);
    found = await cruise(folder);
  });

  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it.each(Object.entries(BROKEN).map(([from, { rule, to }]) => ({ from, rule, to })))(
    '$rule refuses $from',
    ({ from, rule, to }) => {
      const here = found.filter((violation) => violation.from === from);
      expect(here.map((violation) => [violation.rule.name, violation.to])).toContainEqual([
        rule,
        to,
      ]);
    },
  );

  it('every rule is broken by one of these files', async () => {
    const { default: config } = await import(resolve('.dependency-cruiser.cjs'));
    const names = config.forbidden.map((rule: { name: string }) => rule.name);
    expect([...new Set(Object.values(BROKEN).map(({ rule }) => rule))].sort()).toEqual(
      names.sort(),
    );
  });

  it('leaves code alone that keeps the rules', () => {
    // A cycle is told from one of its two ends, whichever comes first.
    const others = found.filter((violation) => violation.rule.name !== 'no-cycles');
    expect(others.map((violation) => violation.from).filter((from) => from in SOUND)).toEqual([]);
  });
});
