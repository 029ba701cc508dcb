const shared = {
  testEnvironment: '<rootDir>/test/support/environment.mjs',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: {
    '^(\\.{1,2}/.*(?<!\\.json))\\.js$': '$1',
    '^fast-check$': '<rootDir>/test/support/seeded-fast-check.ts',
  },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        // .swcrc is for the build, which leaves specs out.
        swcrc: false,
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          transform: {
            legacyDecorator: true,
            decoratorMetadata: true,
            useDefineForClassFields: true,
          },
          target: 'es2024',
          keepClassNames: true,
        },
        module: { type: 'es6' },
      },
    ],
  },
  setupFiles: ['<rootDir>/test/preload.js'],
  setupFilesAfterEnv: ['<rootDir>/test/support/retry.mjs'],
};

/** Specs need nothing; the suites under `test/` share one real PostgreSQL and clone a database. */
export default {
  testTimeout: 30_000,
  // Suites wait for processes and clocks more than they compute; jest would leave one core to itself.
  maxWorkers: '100%',
  // What modules of many suites leave behind in one process is more than it can hold.
  workerIdleMemoryLimit: '1500MB',
  projects: [
    {
      ...shared,
      displayName: 'spec',
      roots: ['<rootDir>/src'],
      testMatch: ['**/*.spec.ts'],
    },
    {
      ...shared,
      displayName: 'test',
      roots: ['<rootDir>/test'],
      testMatch: ['**/*.test.ts'],
      globalSetup: '<rootDir>/test/support/global-setup.mjs',
      globalTeardown: '<rootDir>/test/support/global-teardown.mjs',
    },
  ],
};
