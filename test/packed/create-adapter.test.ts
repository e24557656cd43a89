import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { packed } from './support/packed.ts'
import { run } from './support/run.ts'

const timeoutMs = 240_000

test(
  'what create-adapter writes installs, passes its tests and builds, on the oldest Node',
  async () => {
    const { folder, tarballs, runtimes } = packed()
    const written = join(dirname(folder), 'written')
    const here = { cwd: folder, timeoutMs, node: runtimes.oldestNode }
    await run(
      join(folder, 'node_modules/.bin/create-adapter'),
      ['zulip', '--folder', written],
      here,
    )
    const npm = (...args: string[]) => run('npm', args, { ...here, cwd: written })
    const adapters = tarballs['@nanoclaw/adapters'] ?? ''
    await npm('install', '--save-dev', '--no-audit', '--no-fund', '--loglevel=error', adapters)
    expect(await npm('test', '--silent')).toMatch(/^# fail 0$|^ℹ fail 0$/m)
    await npm('run', '--silent', 'build')
    const listed = await npm('pack', '--dry-run', '--json', '--loglevel=error', '--ignore-scripts')
    expect(listed).toContain('"dist/index.d.ts"')
  },
  timeoutMs,
)
