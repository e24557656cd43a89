import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { headless, stop } from './support/configured-home.ts'
import { temporaryHome, type TestHome } from './support/daemon.ts'

const run = promisify(execFile)

let home: TestHome

beforeEach(async () => {
  home = await temporaryHome()
})

afterEach(() => home.remove())

/** What bash offers at the end of a line. */
async function offered(line: string): Promise<readonly string[]> {
  const press = `source "$1"; COMP_LINE=$2; COMP_POINT=\${#2}; _nanoclaw; printf '%s\\n' "\${COMPREPLY[@]}"`
  const args = ['-c', press, 'bash', join(home.home, 'completion.bash'), line]
  const env = { PATH: process.env.PATH ?? '', HOME: home.home, NANOCLAW_HOME: home.home }
  const { stdout } = await run('bash', args, { env })
  return stdout.split('\n').filter((offer) => offer !== '')
}

async function prepare(): Promise<void> {
  const { code, stdout } = await home.run(['completion', 'bash'])
  expect(code).toBe(0)
  await writeFile(join(home.home, 'completion.bash'), stdout)
}

it('bash completes commands, and names of the home that a daemon runs on', async () => {
  await prepare()
  const daemon = await headless(home)
  for (const name of ['Ada Lovelace', 'bob']) await home.run(['agents', 'create', name])
  await home.run(['chats', 'add', 'telegram:-100', '--name', "the family's"])
  expect(await offered('nanoclaw desti')).toEqual(['destinations'])
  expect(await offered('nanoclaw agents show ')).toEqual(['nano', 'ada-lovelace', 'bob'])
  // A place is taken apart at its colon by bash, a name is written as bash reads it.
  expect(await offered('nanoclaw wire bob telegram:')).toEqual(['-100'])
  expect(await offered('nanoclaw wire bob th')).toEqual([String.raw`the\ family\'s`])
  await stop(daemon)
}, 120_000)

it('bash completes without a daemon and without a home, and scripts are for three shells', async () => {
  await prepare()
  expect(await offered('nanoclaw agents show ')).toEqual([])
  expect(await offered('nanoclaw wire --engage mention-')).toEqual(['mention-sticky'])
  await home.run(['agents', 'create', 'Ada'])
  expect(await offered('nanoclaw agents show ')).toEqual(['Ada'])
  for (const shell of ['zsh', 'fish']) {
    const { code, stdout } = await home.run(['completion', shell])
    expect([code, stdout.includes('complete-words')]).toEqual([0, true])
  }
  expect(await home.run(['completion', 'csh'])).toMatchObject({ code: 2, stdout: '' })
}, 120_000)
