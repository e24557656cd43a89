// Every folder of `examples` that has a package.json is an example. It is copied, without its
// node_modules, below the folder where npm has installed the packed packages, and there every
// script of its package.json named `start` or `test` has to end well on the oldest Node that we
// support. What `console.log(…) // shown` says in `main.ts`, `start` has to print.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { cp } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { expect, test } from 'vitest'
import { missingLine, shownByComments } from '../docs/shown.ts'
import { readManifest, ROOT } from '../support/published.ts'
import { packed } from './support/packed.ts'
import { run } from './support/run.ts'

const EXAMPLES = readdirSync(join(ROOT, 'examples'))
  .filter((name) => existsSync(join(ROOT, 'examples', name, 'package.json')))
  .map((name) => ({ name, scripts: scriptsOf(name) }))
const timeoutMs = 120_000

test.each(EXAMPLES)(
  'examples/$name runs from the packed packages',
  async ({ name, scripts }) => {
    const cwd = join(packed().folder, 'examples', name)
    await cp(join(ROOT, 'examples', name), cwd, {
      recursive: true,
      filter: (path) => basename(path) !== 'node_modules',
    })
    expect(scripts, 'an example has a script `start` or `test`').not.toEqual([])
    const node = packed().runtimes.oldestNode
    for (const script of scripts) {
      const printed = await run('npm', ['run', '--silent', script], { cwd, timeoutMs, node })
      if (script !== 'start') continue
      expect(missingLine(shownByComments(mainOf(name)), printed)).toBe(undefined)
    }
  },
  timeoutMs,
)

function scriptsOf(name: string): string[] {
  const { scripts } = readManifest(`examples/${name}`) as { scripts?: Record<string, string> }
  return ['start', 'test'].filter((script) => scripts?.[script] !== undefined)
}

function mainOf(name: string): string {
  const main = join(ROOT, 'examples', name, 'main.ts')
  return existsSync(main) ? readFileSync(main, 'utf8') : ''
}
