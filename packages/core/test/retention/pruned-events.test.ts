import { expect, test } from 'vitest'
import type { Core, CoreEvent } from '../../src/index.ts'
import { createFakeClock } from '../../src/testing.ts'
import { freshCore, wiredPair } from '../home.ts'
import { dayMs, exchange, pruneDue } from './workbench.ts'

/** The first events from a cursor. */
async function take(core: Core, most: number, from: string): Promise<readonly CoreEvent[]> {
  const found: CoreEvent[] = []
  if (most === 0) return found
  for await (const event of core.subscribe(from)) {
    found.push(event)
    if (found.length >= most) break
  }
  return found
}

test('whoever has not had events that were pruned is told so; whoever has had them misses nothing', async () => {
  const clock = createFakeClock()
  const core = await freshCore({ clock })
  const { agent, chat } = await wiredPair(core)
  const request = { agentGroupId: agent.id, messagingGroupId: chat.id, threadId: null }
  const { session } = await core.resolveSession({ ...request, sessionMode: 'shared' })
  await exchange(core, session, 'first', 3)
  const old = await take(core, 5, 'beginning')
  clock.advance(100 * dayMs)
  expect(await pruneDue(core)).toBe(5)
  await exchange(core, session, 'second', 5)

  const hadSome = old[2]?.cursor ?? ''
  const hadAll = old[4]?.cursor ?? ''
  await expect(take(core, 1, hadSome)).rejects.toMatchObject({ code: 'bad-state' })
  const rest = await take(core, 5, hadAll)
  expect(rest.map(({ type }) => type)).toEqual([
    ...['accepted', 'delivery', 'turn', 'delivery', 'delivery'],
  ])
  expect(await take(core, 5, 'beginning')).toEqual(rest)
})
