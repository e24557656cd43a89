import type { ChannelAdapter } from '@nanoclaw/adapters'
import { createTerminalAdapter } from '@nanoclaw/adapters/terminal'
import { createMemoryCore } from '@nanoclaw/core/testing'
import { expect, it, onTestFinished } from 'vitest'
import { createTerminalRooms } from '../src/terminal-rooms.ts'

const first = { channelType: 'terminal', channelInstance: '', platformId: 'terminal' }
const whenQuiet = async () => ({ unanswered: 0 })

async function home() {
  const core = await createMemoryCore()
  onTestFinished(() => core.close())
  const agent = await core.agents.create({ name: 'Ada' })
  await core.chats.create({ ...first, name: 'terminal' })
  const added: ChannelAdapter[] = []
  const add = async (adapter: ChannelAdapter): Promise<void> => void added.push(adapter)
  const room = async (name: string) => {
    const chat = await core.chats.create({ ...first, channelInstance: name, name })
    await core.wirings.create({ agentGroupId: agent.id, messagingGroupId: chat.id })
  }
  return { core, added, add, room }
}

it('each chat of the terminal has an adapter, also one that is added later, each once', async () => {
  const { core, added, add, room } = await home()
  await room('kitchen')
  const rooms = await createTerminalRooms(core, createTerminalAdapter())
  expect(rooms.adapters.map(({ instance }) => instance)).toEqual(['kitchen'])
  await core.chats.create({ channelType: 'far', platformId: '1', name: 'far' })
  await room('study')
  await rooms.open({ add })
  await rooms.open({ add })
  expect(added.map(({ instance }) => instance)).toEqual(['study'])
  const { terminal, names } = await rooms.enter('study', { whenQuiet })
  expect([terminal, names]).toEqual([added[0], { agent: 'Ada', chat: 'study' }])
})

it('a chat that cannot be talked in is refused with what to do', async () => {
  const { core } = await home()
  await core.chats.create({ channelType: 'far', platformId: '1', name: 'hall' })
  const rooms = await createTerminalRooms(core, createTerminalAdapter())
  await expect(rooms.enter('hall', { whenQuiet })).rejects.toMatchObject({
    code: 'bad-state',
    message: expect.stringMatching(
      /^hall is far:1; this command talks .* chats add terminal --name/,
    ),
  })
  await expect(rooms.enter('terminal', { whenQuiet })).rejects.toMatchObject({
    message: 'no agent listens to terminal; have one: nanoclaw wire AGENT terminal',
  })
  await expect(rooms.enter('halt', { whenQuiet })).rejects.toMatchObject({ code: 'not-found' })
})

it('whoever sits at the terminal is one person in all of its chats', async () => {
  const { core, add, room } = await home()
  const owner = { channelType: 'terminal', channelInstance: '', handle: 'terminal' }
  await core.people.add({ ...owner, role: { role: 'owner' } })
  await room('kitchen')
  const rooms = await createTerminalRooms(core, createTerminalAdapter())
  await room('study')
  await rooms.open({ add })
  const people = await core.people.list()
  expect(people.map(({ users }) => users.map(({ id }) => id))).toEqual([
    ['terminal:terminal', 'terminal/kitchen:terminal', 'terminal/study:terminal'],
  ])
  const [agent] = await core.agents.list()
  const id = agent?.id ?? ''
  expect(await core.people.isMember(id, 'terminal/study:terminal')).toBe(true)
})
