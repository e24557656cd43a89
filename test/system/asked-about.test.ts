import { expect, it } from 'vitest'
import { useTestHosts } from './support/test-host.ts'

const { start } = useTestHosts()
const person = (id: string) => ({ id, name: id, isBot: false, isSelf: false })

it('[X18] an unknown sender is let in by a word of the owner, and answered as if they had just written', async () => {
  const { core, memory, chat } = await start()
  const boss = { channelType: 'memory', channelInstance: '', handle: 'boss' }
  await core.people.add({ ...boss, role: { role: 'owner' } })
  await core.chats.update(chat.id, { unknownSenders: 'request_approval' })
  const group = { chatId: 'room', chatKind: 'group', addressed: 'mention' } as const
  const said = { ...group, sender: person('zoe'), text: 'may I?' }
  expect(await memory.receive(said)).toEqual({ outcome: 'accepted' })
  const asked = await core.approvals.list({ status: 'pending' })
  expect(asked).toMatchObject([{ action: 'unknown_sender', onUserId: 'memory:zoe' }])
  expect(memory.delivered).toEqual([])

  // The very first message of the owner in the direct chat is the word.
  const word = `/approve ${asked[0]?.code}`
  await memory.receive({ chatId: 'boss', sender: person('boss'), text: word })
  await memory.waitForDelivery(({ text }) => text === 'echo: may I?')
  await expect
    .poll(async () => (await core.approvals.get(asked[0]?.id ?? ''))?.status)
    .toBe('applied')
  expect(await core.held.list(asked[0]?.id ?? '', 10)).toEqual([])
  await memory.receive({ ...said, text: 'thank you' })
  await memory.waitForDelivery(({ text }) => text === 'echo: thank you')
})
