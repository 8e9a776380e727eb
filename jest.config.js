const transform = {
  '^.+\\.ts$': [
    '@swc/jest',
    {
      jsc: {
        target: 'es2022',
        parser: { syntax: 'typescript' },
        experimental: { keepImportAttributes: true },
      },
      module: { type: 'es6' },
    },
  ],
};

const common = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  injectGlobals: false,
  transform,
};

/** One PostgreSQL and one RabbitMQ for all floors of a run that want them. */
const servers = {
  globalSetup: '<rootDir>/test/servers/global-setup.js',
  globalTeardown: '<rootDir>/test/servers/global-teardown.js',
};

/** One project a floor, so that `test:unit` needs no system package and the others share their servers. */
const floor = (name, seconds, extra = {}) => ({
  ...common,
  displayName: name,
  testMatch: [`<rootDir>/test/${name}/**/*.test.ts`],
  globals: { secondsPerTest: seconds },
  setupFilesAfterEnv: ['<rootDir>/test/servers/patience.ts'],
  ...extra,
});

export default {
  coverageProvider: 'v8',
  workerIdleMemoryLimit: '512MB',
  testSequencer: '<rootDir>/test/longest-first.js',
  projects: [
    floor('unit', 30),
    floor('store', 180, servers),
    floor('bus', 180, servers),
    floor('simulation', 900, servers),
    floor('build', 600, servers),
    floor('faults', 600, servers),
    floor('e2e', 900, servers),
  ],
};
