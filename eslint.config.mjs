import eslint from '@eslint/js';
import regexp from 'eslint-plugin-regexp';
import security from 'eslint-plugin-security';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** What stands on its own in a Node process; the type-aware rules know it from @types/node. */
const NODE_GLOBALS = Object.fromEntries(
  [
    ...['process', 'console', 'Buffer', 'URL', 'URLSearchParams', 'AbortController', 'AbortSignal'],
    ...[
      'fetch',
      'FormData',
      'setTimeout',
      'clearTimeout',
      'setInterval',
      'clearInterval',
      'setImmediate',
    ],
    ...['performance', 'structuredClone', 'queueMicrotask', 'TextEncoder', 'TextDecoder'],
    ...['require', 'module', '__dirname', '__filename'],
  ].map((name) => [name, 'readonly']),
);

/** A test that does not run promises nothing. */
const SKIPPED_TEST = [
  {
    selector:
      'CallExpression[callee.object.name=/^(it|test|describe)$/]' +
      '[callee.property.name=/^(skip|only|todo|failing)$/]',
    message: 'No skipped, focused or unwritten tests.',
  },
  {
    selector: 'CallExpression[callee.name=/^(xit|xtest|xdescribe|fit|fdescribe)$/]',
    message: 'No skipped or focused tests.',
  },
];

const strictTypes = {
  '@typescript-eslint/no-explicit-any': 'error',
  '@typescript-eslint/no-floating-promises': 'error',
  '@typescript-eslint/no-misused-promises': 'error',
  '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
  '@typescript-eslint/switch-exhaustiveness-check': [
    'error',
    { considerDefaultExhaustiveForUnions: true },
  ],
  '@typescript-eslint/no-deprecated': 'error',
  '@typescript-eslint/use-unknown-in-catch-callback-variable': 'error',
  '@typescript-eslint/no-unused-vars': [
    'error',
    { argsIgnorePattern: '^_', ignoreRestSiblings: true },
  ],
  '@typescript-eslint/restrict-template-expressions': [
    'error',
    { allowNumber: true, allowBoolean: true },
  ],
  // `.catch(() => {})` hides the day it matters: handle the error, or say inside why it may go.
  '@typescript-eslint/no-empty-function': [
    'error',
    { allow: ['private-constructors', 'protected-constructors', 'overrideMethods'] },
  ],
  // An async method without await turns what it throws into a rejection, which callers rely on.
  '@typescript-eslint/require-await': 'off',
  // Skips files with decorators, where Nest needs the injected classes at run time.
  '@typescript-eslint/consistent-type-imports': 'error',
  '@typescript-eslint/naming-convention': [
    'error',
    { selector: 'typeLike', format: ['PascalCase', 'UPPER_CASE'] },
    {
      selector: 'interface',
      format: ['PascalCase'],
      custom: { regex: '^I[A-Z][a-z]', match: false },
    },
  ],
};

/**
 * The rules that point at real holes, and not at every `a[b]`. Slow regular expressions are left to
 * eslint-plugin-regexp, which proves them slow; detect-unsafe-regex only counts stars.
 */
const realHoles = {
  'security/detect-bidi-characters': 'error',
  'security/detect-child-process': 'error',
  'security/detect-eval-with-expression': 'error',
  'security/detect-invisible-characters': 'error',
  'security/detect-new-buffer': 'error',
  'security/detect-non-literal-regexp': 'error',
  'security/detect-possible-timing-attacks': 'error',
  'security/detect-pseudoRandomBytes': 'error',
  'regexp/no-super-linear-backtracking': ['error', { report: 'potential' }],
  'regexp/no-super-linear-move': 'error',
  'regexp/no-misleading-unicode-character': 'error',
  'regexp/no-empty-character-class': 'error',
};

export default defineConfig(
  { ignores: ['dist/', 'coverage/', 'bench/data/', 'bench/results/', '.keel/', '.cache/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  eslint.configs.recommended,
  { rules: { eqeqeq: ['error', 'always', { null: 'ignore' }] } },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: strictTypes,
  },
  {
    files: ['**/*.{js,mjs,cjs}'],
    languageOptions: { globals: NODE_GLOBALS },
  },
  {
    files: ['src/**/*.ts'],
    plugins: { regexp, security },
    rules: {
      ...realHoles,
      complexity: ['error', 12],
      'max-depth': ['error', 4],
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 40, skipBlankLines: true, skipComments: true }],
      'no-console': 'error',
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Only src/config reads the environment.' },
      ],
    },
  },
  {
    // The only reader of the environment.
    files: ['src/config/**/*.ts'],
    rules: { 'no-restricted-properties': 'off' },
  },
  {
    // Programs that talk to the person who started them.
    files: ['src/{start,cli,migrate}.ts', 'src/cli/**/*.ts', 'src/start/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    // A migration is one list of statements that is never changed again.
    files: ['src/**/migrations/**/*.ts'],
    rules: { 'max-lines-per-function': 'off' },
  },
  {
    files: ['test/**/*.ts', 'bench/**/*.ts', 'src/**/*.spec.ts'],
    rules: {
      'max-lines': ['error', { max: 500, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': 'off',
      'no-restricted-properties': 'off',
      'no-restricted-syntax': ['error', ...SKIPPED_TEST],
      // Answers of the API arrive as `any`; what is in them is what the test checks.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/unbound-method': 'off',
      'security/detect-child-process': 'off',
      'security/detect-non-literal-regexp': 'off',
      'security/detect-possible-timing-attacks': 'off',
    },
  },
);
