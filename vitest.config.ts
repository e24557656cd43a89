import { configDefaults, defineConfig } from 'vitest/config'

const ci = Boolean(process.env.CI)
const packed = 'test/packed/**/*.test.ts'

export default defineConfig({
  resolve: { conditions: ['@nanoclaw/source'] },
  ssr: { resolve: { conditions: ['@nanoclaw/source'] } },
  // A copy of the project that belongs to somebody else cannot be written to.
  cacheDir: process.env.NANOCLAW_TEST_CACHE ?? 'node_modules/.vite',
  test: {
    // Processes, not threads: tests start children, send signals and open native databases.
    pool: 'forks',
    // Tests start runners and sandboxes of their own; more at once than this starves them.
    maxWorkers: 3,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // A second, the default, is short where three workers share two cores.
    expect: { poll: { timeout: 10_000 } },
    allowOnly: !ci,
    passWithNoTests: false,
    projects: [
      {
        extends: true,
        test: {
          name: 'source',
          include: ['{packages,apps}/*/test/**/*.test.ts', 'test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, packed],
        },
      },
      {
        // These need `npm run build`, and install what it has made outside the workspace.
        extends: true,
        test: { name: 'packed', include: [packed], globalSetup: ['test/packed/setup.ts'] },
      },
    ],
  },
})
