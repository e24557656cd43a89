import { defineConfig } from 'vitest/config'

const ci = Boolean(process.env.CI)

export default defineConfig({
  resolve: { conditions: ['@nanoclaw/source'] },
  ssr: { resolve: { conditions: ['@nanoclaw/source'] } },
  // A copy of the project that belongs to somebody else cannot be written to.
  cacheDir: process.env.NANOCLAW_TEST_CACHE ?? 'node_modules/.vite',
  test: {
    include: ['{packages,apps}/*/test/**/*.test.ts', 'test/**/*.test.ts'],
    // Processes, not threads: tests start children, send signals and open native databases.
    pool: 'forks',
    // Tests start runners and sandboxes of their own; more at once than this starves them.
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    allowOnly: !ci,
    passWithNoTests: false,
  },
})
