import { copyFileSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { expect, test } from 'vitest'
import { latestVersion } from '../../src/index.ts'
import { runScript, tempFolder } from './workbench.ts'

const first = join(
  import.meta.dirname,
  '../fixtures/central-1000_inbound-1000_outbound-1000/central.db',
)

/** Opens the file when it is told to. */
const open = `
  import { openDatabase } from '@nanoclaw/schema/database'
  process.stdin.once('data', () => {
    const { version } = openDatabase({ path: process.argv[1], kind: 'central', timeoutMs: 10_000 })
    console.log('version ' + version)
    process.exit(0)
  })
  console.log('ready')`

test('two processes that bring one file to today’s version at once both succeed, and the copy is of the old one', async () => {
  for (let round = 0; round < 4; round += 1) {
    const path = join(await tempFolder(), 'central.db')
    copyFileSync(first, path)
    const both = [runScript(open, [path]), runScript(open, [path])]
    await Promise.all(both.map(({ firstWords }) => firstWords))
    for (const { child } of both) child.stdin.write('go\n')
    const outputs = await Promise.all(both.map(({ ended }) => ended))
    expect(outputs.map(({ output }) => output.trim().split('\n').at(-1))).toEqual([
      `version ${latestVersion('central')}`,
      `version ${latestVersion('central')}`,
    ])
    const copy = new Sqlite(`${path}.v1000.bak`, { readonly: true })
    expect(copy.pragma('user_version', { simple: true })).toBe(1000)
    copy.close()
    expect(readdirSync(dirname(path)).filter((name) => name.endsWith('.tmp'))).toEqual([])
  }
}, 60_000)
