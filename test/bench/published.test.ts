import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
const isThere = existsSync(join(root, 'bench/results/latest.json'))

test.skipIf(!isThere)('table and plot are what the results of the last full run say', () => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--conditions=@nanoclaw/source', 'bench/publish.ts', '--check'],
    { cwd: root, encoding: 'utf8' },
  )
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' })
})
