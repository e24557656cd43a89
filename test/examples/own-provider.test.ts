import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createMemoryAdapter } from '@nanoclaw/adapters/memory'
import { createCore } from '@nanoclaw/core'
import {
  createBwrapDriver,
  createHost,
  createProcessDriver,
  type MakeSessionDriver,
} from '@nanoclaw/host'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createWordCount } from '../../examples/own-provider/provider.ts'
import { bwrapWorks, unlessBwrapWorks } from '../support/bwrap.ts'

const example = fileURLToPath(new URL('../../examples/own-provider', import.meta.url))
const readme = new URL('../../packages/container-runtime/README.md', import.meta.url)
const fromSource = ['--conditions=@nanoclaw/source']

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'nanoclaw-example-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** Runs Node as the example's scripts do, with the packages' sources. */
async function node(args: readonly string[], cwd: string): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [...fromSource, ...args], { cwd })
  return stdout
}

test('the example is sixty lines in all, or fewer', async () => {
  const files = (await readdir(example)).filter((file) => file.endsWith('.ts'))
  const texts = await Promise.all(files.map((file) => readFile(join(example, file), 'utf8')))
  expect(files.toSorted()).toEqual(['main.ts', 'provider.test.ts', 'provider.ts', 'runner.ts'])
  expect(texts.join('').split('\n').length - 1).toBeLessThanOrEqual(60)
})

test('its provider passes the suite under node --test', async () => {
  const said = await node(['--test', 'provider.test.ts'], example)
  expect(said).toMatch(/pass 1\d\n/)
  expect(said).toContain('fail 0\n')
})

test('it answers nobody where a row comes from no place', async () => {
  const content = { text: 'one two', sender: 'Ann', senderId: 'ann' }
  const row = {
    ...{ id: 'in-00000001', seq: 2, timestamp: '2026-01-31T12:00:00.000Z' },
    entry: { kind: 'chat', content },
  } as const
  const turn = createWordCount().startTurn({
    turnId: 'turn-00000001',
    rows: [
      { ...row, from: undefined },
      { ...row, from: 'family' },
    ],
    ...{ prompt: '', systemAddendum: '', continuation: undefined, agentFolder: '/' },
    tools: { list: () => [], call: () => Promise.reject(new Error('it has no tools')) },
    signal: new AbortController().signal,
  })
  const results: string[] = []
  for await (const event of turn.events) {
    if (event.type === 'result') results.push(event.text.trim())
    turn.close()
  }
  expect(results).toEqual(['<message to="family">2 words</message>'])
})

test('its host answers one message, and another when it is started again', async () => {
  const folder = await temporaryFolder()
  const main = join(example, 'main.ts')
  expect(await node([main], folder)).toBe('5 words\n')
  expect(await node([main], folder)).toBe('5 words\n')
})

/** Bundles the example's runner by the program in the README, into a folder. */
async function bundle(target: string): Promise<void> {
  const code = /```ts file=bundle.ts\n([^]*?)```/.exec(await readFile(readme, 'utf8'))?.[1] ?? ''
  const program = code
    .replace(`'runner.ts'`, JSON.stringify(join(example, 'runner.ts')))
    .replaceAll(/'runner(\/runner\.js)?'/g, (_, file = '') => JSON.stringify(target + file))
  expect(program.match(new RegExp(target, 'g'))).toHaveLength(2)
  await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: import.meta.dirname,
  })
}

async function answerOf(driver: MakeSessionDriver, folder: string): Promise<string> {
  await using core = await createCore({ home: join(folder, 'home') })
  const agent = await core.agents.create({ name: 'Ada', provider: 'word-count' })
  const place = { channelType: 'memory', platformId: 'room' }
  const chat = await core.chats.create({ ...place, name: 'room', unknownSenders: 'public' })
  await core.wirings.create({ agentGroupId: agent.id, messagingGroupId: chat.id })
  const memory = createMemoryAdapter()
  const runner = { folder: join(folder, 'runner'), entry: 'runner.js' }
  await using host = createHost({ core, adapters: [memory], driver, runner })
  await host.start()
  await memory.receive({ chatId: 'room', text: 'one two three' })
  await host.whenQuiet(chat.id)
  return memory.delivered.map(({ text }) => text).join()
}

describe('bundled as the README says', () => {
  test('it is a folder that needs nothing beside it', async () => {
    const folder = await temporaryFolder()
    await bundle(join(folder, 'runner'))
    expect(await answerOf(createProcessDriver, folder)).toBe('3 words')
  })

  test.skipIf(!bwrapWorks)(`it answers from a sandbox${unlessBwrapWorks}`, async () => {
    const folder = await temporaryFolder()
    await bundle(join(folder, 'runner'))
    expect(await answerOf(createBwrapDriver, folder)).toBe('3 words')
  })
})
