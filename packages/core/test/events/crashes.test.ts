import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { createCore, type CoreEvent } from '../../src/index.ts'
import { freshCore, temporaryFolder } from '../home.ts'
import { opened, readAll, row, said, take, threads } from './workbench.ts'

const child = fileURLToPath(new URL('../children/subscribe-for-ever.ts', import.meta.url))

function isWhole(line: string): boolean {
  return line.startsWith('{') && line.endsWith('}')
}

test('kill -9 in mid-stream: what was told is in the databases, and the other way round', async () => {
  const core = await freshCore()
  const sessions = await threads(core, 3)
  const told: CoreEvent[] = []
  for (const lines of [1, 30, 90]) {
    const writer = spawn(
      process.execPath,
      [
        ...['--conditions=@nanoclaw/source', child, core.layout.home],
        ...sessions.map(({ id }) => id),
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    )
    const closed = once(writer, 'close')
    const seen: CoreEvent[] = []
    for await (const line of createInterface({ input: writer.stdout })) {
      if (isWhole(line)) seen.push(JSON.parse(line))
      if (seen.length === lines) writer.kill('SIGKILL')
    }
    expect(await closed).toEqual([null, 'SIGKILL'])
    expect(seen.length).toBeGreaterThanOrEqual(lines)
    const next = await createCore({ home: core.layout.home })
    const found = await readAll(next, told.at(-1)?.cursor ?? 'beginning')
    expect(found.slice(0, seen.length)).toEqual(seen)
    // What was committed before the kill and not told yet: what a loop's turn had time for.
    told.push(...found)
    const pending = await Promise.all(
      sessions.map(async (session) => {
        const mailbox = await next.mailboxes.open(session.agentGroupId, session.id)
        const rows = await mailbox.pending(100_000)
        await mailbox.close()
        return rows.map(({ id }) => id)
      }),
    )
    const ended = told.flatMap((event) => (event.type === 'turn' ? event.rows : []))
    const accepted = told.flatMap((event) => (event.type === 'accepted' ? [event.id] : []))
    const waiting = accepted.filter((id) => !ended.some((one) => one.id === id))
    expect(waiting.toSorted()).toEqual(pending.flat().toSorted())
    await next.close()
  }
}, 120_000)

/** What may be done with a session, one after the other; any of it may be the last before a crash. */
const steps =
  'announce append take append settle clear append clear end touch announce clear'.split(' ')

test('whatever was the last thing before a crash or a power cut, every event is found', async () => {
  const core = await freshCore()
  const [session, other] = await threads(core, 2)
  if (!session || !other) throw new Error('two sessions')
  const mailbox = await opened(core, session)
  const elsewhere = await opened(core, other)
  const live = core.subscribe()
  const copies: { home: string; told: number }[] = []
  let told = 0
  const settled = { status: 'delivered' } as const
  const now = '2026-01-31T12:00:00.000Z'
  const acts: Record<string, () => Promise<unknown>> = {
    announce: () => core.sessions.ensureDue(session.id, now),
    append: async () => (told += (await mailbox.append([row])).length),
    take: async () => (told += (await mailbox.take([said(9)])).deliveries.length),
    settle: async () => mailbox.settle(said(9).row.id, settled).then(() => (told += 1)),
    clear: () => core.sessions.setDue(session.id, null),
    end: async () => {
      await mailbox.end(
        (await mailbox.pending(1)).map(({ id }) => id),
        'failed',
      )
      told += 1
    },
    touch: () => core.sessions.touch(session.id),
  }
  for (const step of steps) {
    await acts[step]?.()
    await elsewhere.append([row])
    told += 1
    const home = join(await temporaryFolder(), 'home')
    await cp(core.layout.home, home, { recursive: true })
    copies.push({ home, told })
  }
  const all = await take(live, told)
  const check = async (home: string, events: readonly CoreEvent[]) => {
    const next = await createCore({ home })
    expect(await readAll(next, 'beginning')).toEqual(events)
    const middle = events[Math.floor(events.length / 2)]?.cursor ?? ''
    expect(await readAll(next, middle)).toEqual(events.filter(({ cursor }) => cursor > middle))
    // Its own events come after all that there were.
    const after = next.subscribe()
    await next.writeSessionMessage(session, row)
    const [first] = await take(after, 1)
    expect(first?.cursor.localeCompare(all.at(-1)?.cursor ?? '')).toBe(1)
    await next.close()
  }
  // A power cut may take back what was not fully synced: that the announcement was taken back.
  const cuts = copies.flatMap(({ home, told: count }, index) => {
    const before = copies[index - 1]
    return steps[index] === 'clear' && before !== undefined ? [{ home, before, told: count }] : []
  })
  for (const { home, before, told: count } of cuts) {
    const cut = join(await temporaryFolder(), 'home')
    await cp(home, cut, { recursive: true })
    for (const name of ['central.db', 'central.db-wal']) {
      await cp(join(before.home, name), join(cut, name))
    }
    await rm(join(cut, 'central.db-shm'))
    copies.push({ home: cut, told: count })
  }
  expect(cuts).toHaveLength(3)
  for (const { home, told: count } of copies) await check(home, all.slice(0, count))
})

test('a session whose files cannot be read holds up no other; the log says so', async () => {
  const errors: object[] = []
  const silent = () => undefined
  const logger = {
    debug: silent,
    info: silent,
    warn: silent,
    error: (fields: object) => void errors.push(fields),
  }
  const core = await freshCore()
  const [broken, sound] = await threads(core, 2)
  if (!broken || !sound) throw new Error('two sessions')
  for (const session of [broken, sound]) await core.writeSessionMessage(session, row)
  await core.close()
  const { inboundDb } = core.layout.session(broken.agentGroupId, broken.id)
  await cp(core.layout.centralDb, inboundDb)
  const next = await freshCore({ home: core.layout.home, logger })
  expect(await readAll(next, 'beginning')).toMatchObject([{ sessionId: sound.id }])
  expect(errors).toMatchObject([{ sessionId: broken.id }])
})
