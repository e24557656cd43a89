import { readFile, readdir, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { bwrapWorks, unlessBwrapWorks } from '../support/bwrap.ts'
import { temporaryHome, type TestHome } from './support/daemon.ts'

const sandboxed = { env: { NANOCLAW_DRIVER: 'bwrap' } }

let home: TestHome

beforeEach(async () => {
  home = await temporaryHome()
})

afterEach(() => home.remove())

describe.skipIf(!bwrapWorks)(`an agent’s instructions${unlessBwrapWorks}`, () => {
  it('cannot be planted by the agent, in the first session or after a restart', async () => {
    const folder = join(home.home, 'agents', 'nano')
    const instructions = join(folder, 'AGENTS.md')
    for (let round = 0; round < 2; round += 1) {
      // Appends a line to a file of the agent's folder: to the first it may not, to the other it may.
      const { code, stderr } = await home.run(
        ['start'],
        '!effect mine\n!effect AGENTS.md\n',
        sandboxed,
      )
      expect({ code, stderr: stderr.includes('quarantine') }).toEqual({ code: 0, stderr: false })
      expect(await readFile(instructions, 'utf8')).toMatch(/^# nano\n\nYou are nano\. [^\n]*\n$/)
      expect((await readFile(join(folder, 'mine'), 'utf8')).trim().split('\n')).not.toEqual([''])
    }
  }, 60_000)

  it('are made anew where a link stands in their place, and the operator is told', async () => {
    const folder = join(home.home, 'agents', 'nano')
    await home.run(['start'], 'hello\n', sandboxed)
    await rm(join(folder, 'AGENTS.md'))
    await symlink(join(home.home, 'central.db'), join(folder, 'AGENTS.md'))
    const { code, stdout } = await home.run(['start'], 'hello\n', sandboxed)
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'nano> echo: hello\n' })
    expect(await readFile(join(folder, 'AGENTS.md'), 'utf8')).toContain('You are nano')
    const names = await readdir(folder)
    expect(names.filter((name) => name.includes('set-aside'))).toHaveLength(1)
    expect((await home.run(['incidents'])).stdout).toContain('instructions-replaced')
  })
})
