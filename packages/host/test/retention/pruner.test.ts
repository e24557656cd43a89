import { createFakeClock, createMemoryCore } from '@nanoclaw/core/testing'
import type { Core, Session } from '@nanoclaw/core'
import { expect, onTestFinished, test, vi } from 'vitest'
import { lookAtClock } from '../../src/retention/plausible-clock.ts'
import { createPruner } from '../../src/retention/pruner.ts'
import { silentLogger } from '../../src/silent-logger.ts'

const dayMs = 86_400_000
const origin = { channelType: 'test', channelInstance: '', platformId: 'home', threadId: null }

async function sessionOf(core: Core, name: string, retentionDays = 0.0001): Promise<Session> {
  const agent = await core.agents.create({ name, retentionDays })
  const chat = await core.chats.create({ channelType: 'test', platformId: name, name })
  const request = { agentGroupId: agent.id, messagingGroupId: chat.id, threadId: null }
  return (await core.resolveSession({ ...request, sessionMode: 'shared' })).session
}

/** So that looks come soon. */
const soon = { name: 'soon', retentionDays: 0.0001 }

async function ended(core: Core, session: Session): Promise<string> {
  const mailbox = await core.mailboxes.open(session.agentGroupId, session.id)
  const content = { text: 'a', sender: 'Ann', senderId: 'ann' }
  const [row] = await mailbox.append([{ kind: 'chat', content, origin }])
  await mailbox.end([row?.id ?? ''], 'completed')
  await mailbox.close()
  return row?.id ?? ''
}

test('what is due is pruned while the host runs; what fails is told, left alone, and holds up nothing', async () => {
  const clock = createFakeClock()
  const core = await createMemoryCore({ clock })
  const first = await sessionOf(core, 'first')
  const second = await sessionOf(core, 'second')
  await ended(core, first)
  const id = await ended(core, second)
  clock.advance(dayMs)
  core.faults.failAt('archives.append', 1)
  const pruner = createPruner({ core, logger: silentLogger })
  onTestFinished(() => pruner.stop())
  pruner.start()
  await vi.waitFor(async () => expect(await core.findMessage(id)).toBeUndefined(), 5_000)
  const [incident] = await core.incidents.list({ open: true })
  expect(incident).toMatchObject({ kind: 'retention-failed', subject: first.id })
  await pruner.stop()

  const next = createPruner({ core, logger: silentLogger })
  onTestFinished(() => next.stop())
  next.start()
  const open = () => core.incidents.list({ open: true })
  await vi.waitFor(async () => expect(await open()).toEqual([]), 5_000)
})

test('a session that is long in being pruned holds up no other, and the end waits for it', async () => {
  const clock = createFakeClock()
  const core = await createMemoryCore({ clock })
  const first = await sessionOf(core, 'first')
  const id = await ended(core, await sessionOf(core, 'second'))
  await ended(core, first)
  clock.advance(dayMs)
  const { promise: isFree, resolve: free } = Promise.withResolvers<void>()
  let isDone = false
  const { agents, incidents, retention } = core
  const prune: typeof retention.prune = async (session, most) => {
    if (session.sessionId === first.id) await isFree
    const pruned = await retention.prune(session, most)
    isDone ||= session.sessionId === first.id
    return pruned
  }
  const slow = { agents, incidents, clock, retention: { ...retention, prune } }
  const pruner = createPruner({ core: slow, logger: silentLogger })
  onTestFinished(() => pruner.stop())
  pruner.start()
  await vi.waitFor(async () => expect(await core.findMessage(id)).toBeUndefined(), 5_000)
  const stopped = pruner.stop()
  setImmediate(free)
  await stopped
  expect(isDone).toBe(true)
})

test('a clock that is suddenly ahead makes nothing old before it has said so for long enough', async () => {
  for (const [keptDays, aheadDays] of [
    [90, 365],
    // More than what it keeps, and less than a week.
    [3, 6],
  ] as const) {
    const clock = createFakeClock()
    const core = await createMemoryCore({ clock })
    await core.agents.create(soon)
    const id = await ended(core, await sessionOf(core, 'first', keptDays))
    const believed = { at: clock.now(), doubtMs: null, shown: null }
    await core.retention.noteClock([{ ...believed, retentionDays: keptDays }])
    clock.advance(aheadDays * dayMs)
    let uptime = 0
    const pruner = createPruner({ core, logger: silentLogger, monotonic: () => uptime })
    onTestFinished(() => pruner.stop())
    pruner.start()
    const doubted = async () =>
      (await core.retention.seenClock()).find((one) => one.retentionDays === keptDays)?.doubtMs
    await vi.waitFor(async () => expect(await doubted()).toBe(0), 5_000)
    const long = Math.min(dayMs, keptDays * 0.1 * dayMs)
    uptime = long / 2
    await vi.waitFor(async () => expect(await doubted()).toBe(long / 2), 5_000)
    expect(await core.findMessage(id)).toBeDefined()
    uptime = long
    await vi.waitFor(async () => expect(await core.findMessage(id)).toBeUndefined(), 5_000)
    await pruner.stop()
  }
})

test('a clock that jumps while sessions are pruned takes nothing with it that is young', async () => {
  const clock = createFakeClock()
  const core = await createMemoryCore({ clock })
  await core.agents.create(soon)
  const old = [await sessionOf(core, 'a', 90), await sessionOf(core, 'b', 90)]
  for (const session of old) await ended(core, session)
  clock.advance(100 * dayMs)
  const young = await Promise.all(old.map((session) => ended(core, session)))
  const { prune } = core.retention
  let pruned = 0
  const retention: Core['retention'] = {
    ...core.retention,
    async prune(session, most) {
      pruned += 1
      if (pruned === 1) clock.advance(3_650 * dayMs)
      return await prune(session, most)
    },
  }
  // As if it had been looked at just before.
  const believed = { at: clock.now(), doubtMs: null, shown: null }
  await core.retention.noteClock([{ ...believed, retentionDays: 90 }])
  const pruner = createPruner({ core: { ...core, retention }, logger: silentLogger })
  onTestFinished(() => pruner.stop())
  pruner.start()
  const doubts = async () => (await core.retention.seenClock()).map(({ doubtMs }) => doubtMs)
  await vi.waitFor(async () => expect(await doubts()).toContainEqual(expect.any(Number)), 5_000)
  expect(pruned).toBe(2)
  for (const id of young) expect(await core.findMessage(id)).toBeDefined()
  // It has come back: what was found is as old as it was.
  clock.set(new Date(clock.now() - 3_650 * dayMs).toISOString())
  await pruner.stop()
  expect(await core.retention.due(10)).toEqual([])
})

test('a doubt lasts over restarts, and ends when the clock comes back', () => {
  const start = { retentionDays: 90, at: 1_000, doubtMs: null, shown: null }
  const week = 7 * dayMs
  expect(lookAtClock(start, week, 0)).toEqual({ ...start, at: week })
  const year = 365 * dayMs
  const ahead = lookAtClock(start, year, 60_000)
  expect(ahead).toEqual({ ...start, at: 61_000, doubtMs: 0, shown: year })
  // A restart: no time has passed that anybody knows of.
  expect(lookAtClock(ahead, year, 0)).toEqual(ahead)
  const later = lookAtClock(ahead, year + 60_000, 60_000)
  expect(later).toEqual({ ...ahead, at: 121_000, doubtMs: 60_000, shown: year + 60_000 })
  // Another jump is another doubt.
  expect(lookAtClock(later, 3 * year, 60_000)).toMatchObject({ doubtMs: 0, shown: 3 * year })
  expect(lookAtClock(later, 125_000, 4_000)).toEqual({ ...start, at: 125_000 })
  expect(lookAtClock(start, -50 * dayMs, 0)).toEqual({ ...start, at: -50 * dayMs })
})

test('a pruner that finds nothing to do writes nothing, and goes on after a failure', async () => {
  const clock = createFakeClock()
  const core = await createMemoryCore({ clock })
  const session = await sessionOf(core, 'first', 3)
  await core.agents.create(soon)
  core.faults.failAt('incidents.list', 1)
  const pruner = createPruner({ core, logger: silentLogger })
  onTestFinished(() => pruner.stop())
  pruner.start()
  const calls = (name: string) => core.faults.calls.filter((call) => call === name).length
  await vi.waitFor(() => expect(calls('retention.due')).toBeGreaterThan(2), 5_000)
  expect(calls('retention.noteClock')).toBe(1)

  // What stands open is over where nothing is to be removed any longer.
  await pruner.stop()
  const { id: subject, agentGroupId } = session
  await core.incidents.open({ kind: 'retention-failed', subject, message: 'no', agentGroupId })
  await core.agents.update(agentGroupId, { retentionDays: null })
  const next = createPruner({ core, logger: silentLogger })
  onTestFinished(() => next.stop())
  next.start()
  const open = () => core.incidents.list({ open: true })
  await vi.waitFor(async () => expect(await open()).toEqual([]), 5_000)
})
