import { timestamp, type Origin } from '@nanoclaw/schema'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Core, Mailbox } from '../../src/index.ts'
import { createConversation, createFakeClock, createMemoryCore } from '../../src/testing.ts'

const words = { unanswered: 'failed', waiting: 'waits', recovered: 'works' }
const room: Origin = { channelType: 'test', channelInstance: '', platformId: 'a', threadId: null }
const minuteMs = 60_000
const dayMs = 1_440 * minuteMs

const clock = createFakeClock()
let core: Core
let mailbox: Mailbox

beforeEach(async () => {
  core = await createMemoryCore({ clock })
  const { session } = await createConversation(core)
  mailbox = await core.mailboxes.open(session.agentGroupId, session.id)
})

afterEach(async () => {
  await mailbox.close()
  await core.close()
})

/** What is said when the next message ends so. */
async function end(status: 'completed' | 'failed', afterMs = 0): Promise<readonly string[]> {
  clock.set(timestamp(clock, afterMs))
  const content = { text: 'x', sender: 'Ann', senderId: 'ann' }
  const [row] = await mailbox.append([{ kind: 'chat', content, origin: room }])
  const said = await mailbox.end([row?.id ?? ''], status, words)
  return said.map(({ content: text }) => text)
}

const failed = ['{"text":"failed"}']
const works = ['{"text":"works"}']

/** Trouble that has come back so often. */
async function flapped(times: number): Promise<void> {
  expect(await end('failed')).toEqual(failed)
  for (let returns = 1; returns <= times; returns += 1) {
    expect(await end('completed', returns > 1 ? dayMs : 0)).toEqual(works)
    expect(await end('failed')).toEqual(failed)
  }
}

it.each([
  [1, 10],
  [2, 20],
  [4, 80],
  [8, 1_280],
  [9, 1_440],
  [40, 1_440],
])(
  'trouble that has come back %i times is over %i minutes after it was last seen',
  async (times, minutes) => {
    await flapped(times)
    expect(await end('completed')).toEqual([])
    expect(await end('failed', minutes * minuteMs)).toEqual([])
    expect(await end('completed', minutes * minuteMs - 1)).toEqual([])
    expect(await end('completed', 1)).toEqual(works)
  },
)

it('trouble that comes back after a calm time is another, and its first answer ends it', async () => {
  await flapped(3)
  expect(await end('completed', 40 * minuteMs)).toEqual(works)
  expect(await end('completed', 40 * minuteMs - 1)).toEqual([])
  expect(await end('completed', 1)).toEqual([])
  expect(await end('failed')).toEqual(failed)
  expect(await end('completed')).toEqual(works)
  expect(await end('failed', 10 * minuteMs)).toEqual(failed)
  expect(await end('completed')).toEqual(works)
})

it('a clock that jumps back keeps nobody from hearing that it is over', async () => {
  await flapped(2)
  expect(await end('completed', -365 * dayMs)).toEqual(works)
  expect(await end('failed', -1)).toEqual(failed)
  expect(await end('completed')).toEqual(works)
})
