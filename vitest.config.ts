import { relative } from 'node:path'
import { configDefaults, defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

const ci = Boolean(process.env.CI)
const packed = 'test/packed/**/*.test.ts'

/** What takes more than forty seconds, the longest first. */
const longest = [
  'test/crash-points/delete-mode.test.ts',
  'test/packed/documents.test.ts',
  'test/bench/short.test.ts',
  'test/crash-points/every-call.test.ts',
  'test/power/host.test.ts',
  'test/api/api.test.ts',
  'test/packed/suites.test.ts',
  'test/e2e/start.test.ts',
  'packages/core/test/mailbox/sqlite-mailbox-conformance.test.ts',
  'test/e2e/deliveries.test.ts',
  'test/torture/torture.test.ts',
  'test/packed/examples.test.ts',
  'packages/host/test/reader/reader-process.test.ts',
]

/**
 * A fresh clone has no durations of an earlier run, and vitest goes by the size of files: what takes
 * minutes and is small would begin last, and run alone at the end.
 */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId, project }: TestSpecification): number => {
      const index = longest.indexOf(relative(project.config.root, moduleId).replaceAll('\\', '/'))
      return index === -1 ? longest.length : index
    }
    return (await super.sort(files)).toSorted((a, b) => place(a) - place(b))
  }
}

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
    sequence: { sequencer: LongestFirst },
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
