import { expect, test } from 'vitest'
import type { Core, Session } from '../../src/index.ts'
import { createConversation, createMemoryCore, isSimulatedCrash } from '../../src/testing.ts'

const write = (core: Core, session: Session, text: string) =>
  core.writeSessionMessage(session, {
    kind: 'chat',
    content: { text, sender: 'Ann', senderId: 'ann' },
    origin: null,
  })

test('a subscriber in memory goes on after a crash, from its cursor', async () => {
  const core = await createMemoryCore()
  const { session } = await createConversation(core)
  await write(core, session, 'one')
  core.faults.crashAt('mailbox.append', 1, 'after')
  let cursor = 'beginning'
  // Its own call crashes the core: the subscription ends, nothing waits for anything.
  for await (const event of core.subscribe('beginning')) {
    expect(event).toMatchObject({ type: 'accepted', seq: 2 })
    cursor = event.cursor
    await expect(write(core, session, 'two')).rejects.toSatisfy(isSimulatedCrash)
  }
  const next = await core.reopen()
  for await (const event of next.subscribe(cursor)) {
    expect(event).toMatchObject({ type: 'accepted', seq: 4 })
    break
  }
  expect(core.faults.waiting).toBe(0)
})
