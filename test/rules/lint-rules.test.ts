import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const LONG_FUNCTION = `export function long(): number {\n${'  Math.random();\n'.repeat(40)}  return 1;\n}`;

/** What this project promises of its code beyond the usual, each broken once. */
const BROKEN = [
  ['src/floating.ts', '@typescript-eslint/no-floating-promises', 'Promise.resolve(1);'],
  [
    'src/misused.ts',
    '@typescript-eslint/no-misused-promises',
    'setTimeout(async () => { await Promise.resolve(); }, 1);',
  ],
  [
    'src/half.ts',
    '@typescript-eslint/switch-exhaustiveness-check',
    `export function half(x: 'a' | 'b'): void {\n  switch (x) { case 'a': break; }\n}`,
  ],
  ['src/any.ts', '@typescript-eslint/no-explicit-any', 'export const x: any = 1;'],
  ['src/drop.ts', '@typescript-eslint/no-empty-function', 'Promise.resolve().catch(() => {});'],
  ['src/swallow.ts', 'no-empty', 'try { Math.random(); } catch {}'],
  ['src/slow.ts', 'regexp/no-super-linear-backtracking', 'export const slow = /^(a+)+$/;'],
  [
    'src/timing.ts',
    'security/detect-possible-timing-attacks',
    'export const same = (secret: string, given: string): boolean => {\n' +
      '  if (secret === given) return true;\n  return false;\n};',
  ],
  ['src/platform/environment.ts', 'no-restricted-properties', 'export const e = process.env.X;'],
  ['src/platform/print.ts', 'no-console', `console.log('x');`],
  ['src/long.ts', 'max-lines-per-function', LONG_FUNCTION],
  ['src/endless.ts', 'max-lines', 'Math.random();\n'.repeat(301)],
  ['src/named.ts', '@typescript-eslint/naming-convention', 'export interface IThing { a: 1 }'],
  [
    'test/skipped.test.ts',
    'no-restricted-syntax',
    `import { it } from '@jest/globals';\nit.skip('x', () => undefined);`,
  ],
  [
    'test/focused.test.ts',
    'no-restricted-syntax',
    `import { describe } from '@jest/globals';\ndescribe.only('x', () => undefined);`,
  ],
] as const;

const SOUND = {
  'src/config/settings.ts': 'export const port = process.env.PORT;',
  'src/cli.ts': `console.log('for the person who started it');`,
  // Nest reads the class from the decorator's metadata: it must stay a value import.
  'src/modules/injected.ts':
    `import { Injectable } from '@nestjs/common';\nimport { Needed } from './needed.js';\n` +
    '@Injectable()\nexport class Injected {\n  constructor(readonly needed: Needed) {}\n}',
  'src/modules/needed.ts': 'export class Needed {}',
  'test/answer.test.ts':
    `import { expect, it } from '@jest/globals';\nit('reads an answer', () => {\n` +
    `  const body = JSON.parse('{"a":{"b":1}}');\n  expect(body.a.b).toBe(1);\n});`,
};

interface FileResult {
  filePath: string;
  messages: { ruleId: string | null; message: string }[];
}

async function writeProject(folder: string): Promise<void> {
  await cp('eslint.config.mjs', join(folder, 'eslint.config.mjs'));
  await cp('tsconfig.json', join(folder, 'tsconfig.json'));
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  await symlink(resolve('node_modules'), join(folder, 'node_modules'));
  const files = [
    ...BROKEN.map(([path, , text]) => [path, text] as const),
    ...Object.entries(SOUND),
  ];
  for (const [path, text] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), `${text}\n`);
  }
}

/** Rule ids (or the parser's message) by file. */
function lint(folder: string): Promise<Map<string, string[]>> {
  const args = [resolve('node_modules/eslint/bin/eslint.js'), '--format', 'json', '.'];
  return new Promise((done, failed) => {
    execFile(process.execPath, args, { cwd: folder, env: {} }, (_code, stdout, stderr) => {
      try {
        const results = JSON.parse(stdout) as FileResult[];
        const entries = results.map(({ filePath, messages }): [string, string[]] => [
          filePath.slice(filePath.lastIndexOf(folder) + folder.length + 1),
          messages.map(({ ruleId, message }) => ruleId ?? message),
        ]);
        done(new Map(entries));
      } catch {
        failed(new Error(stderr || stdout));
      }
    });
  });
}

describe('lint rules', () => {
  let folder = '';
  let found = new Map<string, string[]>();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'keel-lint-rules-'));
    await writeProject(folder);
    found = await lint(folder);
  }, 60_000);

  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it.each(BROKEN.map(([path, rule]) => ({ path, rule })))('$rule refuses $path', (broken) => {
    expect(found.get(broken.path)).toContain(broken.rule);
  });

  it.each(Object.keys(SOUND))('leaves %s alone', (path) => {
    expect(found.get(path)).toEqual([]);
  });
});
