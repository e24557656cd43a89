import { createFakeClock, createMemoryCore } from '@nanoclaw/core/testing'
import type { Core, Session } from '@nanoclaw/core'
import { expect, onTestFinished, test, vi } from 'vitest'
import { lookAtClock } from '../../src/retention/plausible-clock.ts'
import { createPruner } from '../../src/retention/pruner.ts'
import { silentLogger } from '../../src/silent-logger.ts'

const dayMs = 86_400_000
const origin = { channelType: 'test', channelInstance: '', platformId: 'home', threadId: null }

async function sessionOf(core: Core, name: string): Promise<Session> {
  const agent = await core.agents.create({ name, retentionDays: 0.0001 })
  const chat = await core.chats.create({ channelType: 'test', platformId: name, name })
  const request = { agentGroupId: agent.id, messagingGroupId: chat.id, threadId: null }
  return (await core.resolveSession({ ...request, sessionMode: 'shared' })).session
}

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

test('a clock that is suddenly a year ahead makes nothing old before it has said so for a day', async () => {
  const clock = createFakeClock()
  const core = await createMemoryCore({ clock })
  const id = await ended(core, await sessionOf(core, 'first'))
  await core.retention.noteClock({ at: clock.now(), doubtMs: null })
  clock.advance(365 * dayMs)
  let uptime = 0
  const pruner = createPruner({ core, logger: silentLogger, monotonic: () => uptime })
  onTestFinished(() => pruner.stop())
  pruner.start()
  const doubted = async () => (await core.retention.seenClock())?.doubtMs
  await vi.waitFor(async () => expect(await doubted()).toBe(0), 5_000)
  uptime = dayMs / 2
  await vi.waitFor(async () => expect(await doubted()).toBe(dayMs / 2), 5_000)
  expect(await core.findMessage(id)).toBeDefined()
  uptime = dayMs
  await vi.waitFor(async () => expect(await core.findMessage(id)).toBeUndefined(), 5_000)
})

test('a doubt lasts over restarts, and ends when the clock comes back', () => {
  const start = { at: 1_000, doubtMs: null }
  expect(lookAtClock(start, 7 * dayMs, 0)).toEqual({ at: 7 * dayMs, doubtMs: null })
  const ahead = lookAtClock(start, 365 * dayMs, 60_000)
  expect(ahead).toEqual({ at: 61_000, doubtMs: 0 })
  // A restart: no time has passed that anybody knows of.
  expect(lookAtClock(ahead, 365 * dayMs, 0)).toEqual(ahead)
  const later = lookAtClock(ahead, 365 * dayMs + 60_000, 60_000)
  expect(later).toEqual({ at: 121_000, doubtMs: 60_000 })
  expect(lookAtClock(later, 125_000, 4_000)).toEqual({ at: 125_000, doubtMs: null })
  expect(lookAtClock(start, -50 * dayMs, 0)).toEqual({ at: -50 * dayMs, doubtMs: null })
})
