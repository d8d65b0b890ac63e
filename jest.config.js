const common = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '\\.ts$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'es6' } }],
  },
}

/** Two projects: `unit` needs nothing; `bpf` needs root and a kernel that permits BPF. */
export default {
  reporters: ['default', '<rootDir>/test/reporter.js'],
  projects: [
    {
      ...common,
      displayName: 'unit',
      testMatch: ['<rootDir>/{src,test}/**/*.test.ts'],
      testPathIgnorePatterns: ['\\.bpf\\.test\\.ts$', '/node_modules/', '/dist/'],
    },
    { ...common, displayName: 'bpf', testMatch: ['<rootDir>/test/bpf/**/*.bpf.test.ts'] },
  ],
}
