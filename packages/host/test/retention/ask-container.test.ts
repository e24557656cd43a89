import { createFakeClock, createMemoryCore } from '@nanoclaw/core/testing'
import type { OutboundReader } from '@nanoclaw/core'
import { expect, test } from 'vitest'
import { containerQuestions } from '../../src/retention/ask-container.ts'

const nothing = { outcome: 'rows', rows: [], acks: [], more: false } as const

function readerThat(finds: (ackIds: readonly string[]) => object): Pick<OutboundReader, 'read'> {
  return { read: async ({ ackIds }) => ({ ...nothing, ...finds(ackIds) }) }
}

test('what a container left is untaken, and its turn undecided, unless it is known not to be', async () => {
  const core = await createMemoryCore({ clock: createFakeClock() })
  const agent = await core.agents.create({ name: 'Max', onInterrupted: 'ask' })
  const chat = await core.chats.create({ channelType: 'test', platformId: 'home', name: 'home' })
  const request = { agentGroupId: agent.id, messagingGroupId: chat.id, threadId: null }
  const { session } = await core.resolveSession({ ...request, sessionMode: 'shared' })
  const mailbox = await core.mailboxes.open(session.agentGroupId, session.id)
  const content = { text: 'transfer 100 EUR', sender: 'Bob', senderId: 'bob' }
  const [row] = await mailbox.append([{ kind: 'chat', content, origin: null }])
  const epoch = await core.sessions.beginEpoch(session.id)
  const claimed = (ackIds: readonly string[]) => ({
    acks: ackIds.map((messageId) => ({ messageId, status: 'processing', epoch })),
  })
  const ask = async (finds: (ackIds: readonly string[]) => object) => {
    const { isUntaken, isUndecided } = containerQuestions({ core, reader: readerThat(finds) })
    return [await isUntaken(session), await isUndecided(session)]
  }
  expect(await ask(() => ({}))).toEqual([false, false])
  expect(await ask(() => ({ more: true }))).toEqual([true, false])
  for (const outcome of ['busy', 'deadline', 'violation']) {
    expect(await ask(() => ({ outcome }))).toEqual([true, true])
  }
  expect(await ask(claimed)).toEqual([false, true])
  // A person has been asked.
  await mailbox.pause([row?.id ?? ''], epoch)
  expect(await ask(claimed)).toEqual([false, false])
  await core.agents.update(agent.id, { onInterrupted: 'rerun' })
  expect(await ask(claimed)).toEqual([false, false])
})
