import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { runnerFolder } from '@nanoclaw/container-runtime'
import { createBwrapDriver, defaultChatWords } from '@nanoclaw/host'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { bwrapWorks, unlessBwrapWorks } from '../support/bwrap.ts'
import { calmestRound, mostStallMs, undisturbedFolder, watchLoop } from '../support/loop-meter.ts'
import { rowsOf } from './support/session-files.ts'
import { startTestHost, temporaryHome, type TestHost } from './support/test-host.ts'

let runner: string
let home: Awaited<ReturnType<typeof temporaryHome>> | undefined
let running: TestHost | undefined

beforeAll(async () => {
  runner = await mkdtemp(join(tmpdir(), 'nanoclaw-hostile-'))
  await cp(runnerFolder, runner, { recursive: true })
  await cp(join(import.meta.dirname, 'support/hostile-runner.mjs'), join(runner, 'hostile.mjs'))
  await promisify(execFile)('chmod', ['-R', 'a+rX', runner])
})

afterAll(() => rm(runner, { recursive: true, force: true }))

beforeEach(startAfresh)

afterEach(endAll)

async function startAfresh(): Promise<void> {
  await endAll()
  home = await temporaryHome(await undisturbedFolder())
}

async function endAll(): Promise<void> {
  await running?.stop()
  running = undefined
  await home?.remove()
  home = undefined
}

function theHome(): string {
  if (home === undefined) throw new Error('expected a home')
  return home.home
}

/** A host whose agent Mallory attacks, in a chat of her own, beside Ada's. */
async function startWithMallory(attack: string) {
  running = await startTestHost({
    home: theHome(),
    driver: (deps) => createBwrapDriver(deps),
    runner: { folder: runner, entry: 'hostile.mjs', node: process.execPath },
    settings: { graceMs: 200 },
  })
  const { core } = running
  const mallory = await core.agents.create({ name: 'Mallory' })
  const folder = core.layout.agent(mallory.folder)
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'attack'), attack)
  const place = { channelType: 'memory', channelInstance: '', platformId: 'her-room' }
  const chat = await core.chats.create({ ...place, name: 'her room' })
  await core.wirings.create({ agentGroupId: mallory.id, messagingGroupId: chat.id })
  return { host: running, mallory, chat }
}

async function answersOf({ memory }: TestHost, text: string): Promise<void> {
  await memory.receive({ chatId: 'room', text })
  await memory.waitForDelivery((delivery) => delivery.text === `echo: ${text}`)
}

/** Who has said what in a chat. */
function saidIn({ memory }: TestHost, chatId: string): readonly string[] {
  const there = memory.delivered.filter(({ origin }) => origin.chatId === chatId)
  return there.map(({ author, text }) => `${author.id}: ${text}`)
}

/** Shows what the attack comes to, and says how long the host's loop stood still meanwhile. */
async function stallUnder(attack: string): Promise<number> {
  const { host, chat } = await startWithMallory(attack)
  await answersOf(host, 'before')
  const loop = watchLoop()
  await host.memory.receive({ chatId: 'her-room', text: 'hello' })
  await answersOf(host, 'meanwhile')
  await expect
    .poll(() => host.core.incidents.list({ open: true }), { timeout: 20_000, interval: 20 })
    .toMatchObject([{ kind: 'session-quarantined' }])
  await answersOf(host, 'after')
  const stallMs = loop.stop()
  await host.host.whenQuiet(chat.id)
  // Nothing of the container's: the host alone speaks in her room, once.
  expect(saidIn(host, 'her-room')).toEqual([`nanoclaw: ${defaultChatWords.waiting}`])
  const [session] = await host.core.sessions.forChat(chat.id)
  if (session === undefined) throw new Error('expected a session for her room')
  const files = host.core.layout.session(session.agentGroupId, session.id)
  const [row] = rowsOf(files, 'inbound', 'SELECT status FROM messages_in')
  expect(row).toEqual({ status: 'pending' })
  return stallMs
}

describe.skipIf(!bwrapWorks)(`a hostile runner in the sandbox${unlessBwrapWorks}`, () => {
  const attacks = [
    'symlink',
    'fifo',
    'journal-fifo',
    'garbage',
    'truncate',
    'sparse',
    'endless-view',
    'lock',
    'forged-seq',
    'forged-id',
  ]
  it.each(attacks)(
    '%s: its session is quarantined, others are answered, the host is not blocked [X4]',
    async (attack) => {
      const stallMs = await calmestRound(async () => {
        await startAfresh()
        return stallUnder(attack)
      })
      expect(stallMs).toBeLessThan(mostStallMs)
    },
    60_000,
  )

  it('truncates -shm under a reader: others are answered, the host lives [X4]', async () => {
    const { host } = await startWithMallory('truncate-shm')
    await answersOf(host, 'before')
    await host.memory.receive({ chatId: 'her-room', text: 'hello' })
    await answersOf(host, 'meanwhile')
    await answersOf(host, 'after')
  })

  it('writes to a chat it has no grant for: refused, and the operator told [X6]', async () => {
    const { host } = await startWithMallory('elsewhere')
    const secret = { channelType: 'memory', channelInstance: '', platformId: 'secret-room' }
    await host.core.chats.create({ ...secret, name: 'secret' })
    await host.memory.receive({ chatId: 'her-room', text: 'hello' })
    await expect
      .poll(() => host.core.incidents.list({ open: true }), { timeout: 20_000, interval: 20 })
      .toMatchObject([{ kind: 'delivery-refused' }])
    expect(host.memory.delivered).toEqual([])
  })

  it('stays in quarantine after a restart of the host', async () => {
    const { host, mallory } = await startWithMallory('garbage')
    await host.memory.receive({ chatId: 'her-room', text: 'hello' })
    await expect
      .poll(() => host.core.incidents.list({ open: true }), { timeout: 20_000, interval: 20 })
      .toMatchObject([{ kind: 'session-quarantined' }])
    await host.stop()
    running = await startTestHost({
      home: theHome(),
      driver: (deps) => createBwrapDriver(deps),
      runner: { folder: runner, entry: 'hostile.mjs', node: process.execPath },
    })
    await running.memory.receive({ chatId: 'her-room', text: 'again' })
    await answersOf(running, 'still here')
    const [session] = await running.core.sessions.list({ agentGroupId: mallory.id })
    expect(session).toMatchObject({ epoch: 1, containerStatus: 'stopped' })
  })

  it('is released by the operator: what was kept is answered', async () => {
    const { host, mallory, chat } = await startWithMallory('garbage')
    await host.memory.receive({ chatId: 'her-room', text: 'hello' })
    await expect
      .poll(() => host.core.incidents.list({ open: true }), { timeout: 20_000, interval: 20 })
      .toMatchObject([{ kind: 'session-quarantined' }])
    expect(await host.host.whenQuiet(chat.id)).toEqual({ unanswered: 1 })
    const [session] = await host.core.sessions.list({ agentGroupId: mallory.id })
    if (session === undefined) throw new Error('expected a session for her room')
    const { outbound } = host.core.layout.session(mallory.id, session.id)
    for (const name of await readdir(outbound)) await rm(join(outbound, name), { recursive: true })
    await writeFile(join(host.core.layout.agent(mallory.folder), 'attack'), 'none')
    expect(await host.host.release(session.id)).toBe(true)
    await host.memory.waitForDelivery(({ text }) => text === 'echo: hello')
    expect(await host.host.whenQuiet(chat.id)).toEqual({ unanswered: 0 })
    expect(saidIn(host, 'her-room').toSorted()).toEqual(
      [
        `nanoclaw: ${defaultChatWords.waiting}`,
        `${mallory.id}: echo: hello`,
        `nanoclaw: ${defaultChatWords.recovered}`,
      ].toSorted(),
    )
    expect(await host.core.incidents.list({ open: true })).toEqual([])
    expect(await host.host.release(session.id)).toBe(false)
  })
})
