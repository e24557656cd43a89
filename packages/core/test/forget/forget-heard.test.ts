import { expect, test } from 'vitest'
import { freshCore, wiredPair } from '../home.ts'

test('that somebody was heard is forgotten with them, on every instance of their channel alone', async () => {
  const core = await freshCore()
  const { agent, chat } = await wiredPair(core)
  const request = { agentGroupId: agent.id, messagingGroupId: chat.id, threadId: null }
  const { session } = await core.resolveSession({ ...request, sessionMode: 'shared' })
  const say = (channelType: string, channelInstance: string, senderId: string) =>
    core.writeSessionMessage(session, {
      kind: 'chat',
      content: { text: 'hello', sender: senderId, senderId },
      origin: { channelType, channelInstance, platformId: 'family', threadId: null },
    })
  await say('test', '', 'ann')
  await say('test', 'second', 'ann')
  await say('other', '', 'ann')
  await say('test', '', 'joann')
  await core.forget({ channelType: 'test', handle: 'ann' })
  const left = (await core.heard.list(session.id)).map(({ userId }) => userId).toSorted()
  expect(left).toEqual(['other:ann', 'test:joann'])
})
