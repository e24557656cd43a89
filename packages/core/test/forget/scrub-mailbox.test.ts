import { expect, onTestFinished, test } from 'vitest'
import { scrubMailbox } from '../../src/forget/scrub-mailbox.ts'
import { freshCore, wiredPair } from '../home.ts'

test('while a mailbox is looked through, others have their turn after each page', async () => {
  const core = await freshCore()
  const { agent, chat } = await wiredPair(core)
  const request = { agentGroupId: agent.id, messagingGroupId: chat.id, threadId: null }
  const { session } = await core.resolveSession({ ...request, sessionMode: 'shared' })
  const mailbox = await core.mailboxes.open(session.agentGroupId, session.id)
  const content = { text: 'hi', sender: 'Ann', senderId: 'ann' }
  const rows = Array.from({ length: 450 }, () => ({ kind: 'chat', content, origin: null }) as const)
  await mailbox.append(rows)
  await mailbox.close()

  const { inboundDb } = core.layout.session(session.agentGroupId, session.id)
  const scrubbed = scrubMailbox(inboundDb, core.journal)
  onTestFinished(() => scrubbed.close())
  let turns = 0
  const count = (): void => {
    turns += 1
    next = setImmediate(count)
  }
  let next = setImmediate(count)
  let found = 0
  for await (const { table } of scrubbed.rows('messages_in')) found += Number(table !== 'events')
  clearImmediate(next)
  expect(found).toBe(450)
  expect(turns).toBeGreaterThanOrEqual(4)
})
