import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openDatabase } from '@nanoclaw/schema/database'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { powerWorks, unlessPowerWorks } from './support/library.ts'
import { createPoweredFolder, type PoweredFolder } from './support/power.ts'
import { usePowerLibrary } from './support/use-power-library.ts'

const library = usePowerLibrary()
let power: PoweredFolder

beforeEach(() => {
  if (powerWorks) power = createPoweredFolder(library())
})

afterEach(() => {
  if (powerWorks) power.remove()
})

/** Runs a program, by its path from here, until it kills itself. */
function runChild(path: string, ...args: readonly string[]): Promise<void> {
  const program = join(import.meta.dirname, path)
  const line = ['--conditions=@nanoclaw/source', program, power.root, ...args]
  return new Promise((resolve, reject) => {
    execFile(process.execPath, line, { cwd: '/', env: power.env }, (error, _stdout, stderr) => {
      if (error?.signal === 'SIGKILL') resolve()
      else reject(new Error(`expected it to kill itself: ${stderr}`))
    })
  })
}

/** What a commit that was reported has left. */
function kept(): readonly unknown[] {
  const path = join(power.root, 'central.db')
  const { sqlite, close } = openDatabase({ path, kind: 'central', timeoutMs: 2_000 })
  const rows = sqlite.prepare('SELECT n FROM kept').pluck().all()
  close()
  return rows
}

describe.skipIf(!powerWorks)(`after a power cut${unlessPowerWorks}`, () => {
  it('config.json has the channels that were added, and what else stood there', async () => {
    const file = join(power.root, 'config.json')
    writeFileSync(file, '{"agent": "Ada"}')
    await runChild('../../apps/daemon/test/children/write-channels.ts', 'one', 'two')
    power.cut()
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
      agent: 'Ada',
      channels: [{ adapter: 'one' }, { adapter: 'two' }],
    })
  })

  it.each(['wal', 'delete'])('a full commit is there, in %s mode', async (journal) => {
    await runChild('support/commit-child.ts', journal)
    power.cut()
    expect(kept()).toEqual([0, 1, 2])
  })

  it('one in DELETE mode that SQLite calls full is not: its journal comes back', async () => {
    await runChild('support/commit-child.ts', 'delete', 'FULL')
    power.cut()
    expect(kept()).not.toContain(2)
  })
})
