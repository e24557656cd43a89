import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
const published = existsSync(join(root, 'bench/results/latest.json'))

test('table and plot are what the results of the last full run say, and without one there are none', () => {
  if (!published) {
    expect(readFileSync(join(root, 'README.md'), 'utf8')).not.toContain(
      '<!-- benchmarks: begin -->',
    )
    return
  }
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--conditions=@nanoclaw/source', 'bench/publish.ts', '--check'],
    { cwd: root, encoding: 'utf8' },
  )
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' })
})
