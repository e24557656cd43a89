import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { openHome } from '../../src/create-core.ts'
import { createFakeClock } from '../../src/testing.ts'
import { temporaryFolder, wiredPair } from '../home.ts'
import { archived, dayMs, exchange } from '../retention/workbench.ts'

test('who is forgotten while a session is pruned stays forgotten, and others’ rows are kept', async () => {
  const clock = createFakeClock()
  const home = join(await temporaryFolder(), 'home')
  const gate = Promise.withResolvers<void>()
  const reached = Promise.withResolvers<void>()
  // The rows have been read, and stand in the archive a while later.
  const core = await openHome({ home, clock }, (name, port) =>
    name !== 'archives'
      ? port
      : new Proxy(port, {
          get(target, key) {
            const found: unknown = Reflect.get(target, key)
            if (key !== 'append' || typeof found !== 'function') return found
            return async (...given: readonly unknown[]) => {
              reached.resolve()
              await gate.promise
              return Reflect.apply(found, target, given)
            }
          },
        }),
  )
  onTestFinished(() => core.close())
  const { agent, chat } = await wiredPair(core)
  const request = { agentGroupId: agent.id, messagingGroupId: chat.id, threadId: null }
  const { session } = await core.resolveSession({ ...request, sessionMode: 'shared' })
  await exchange(core, session, 'from Ann', 3)
  await exchange(core, session, 'from Bob', 5, 'bob')
  clock.advance(100 * dayMs)
  const [due] = await core.retention.due(1)
  if (due === undefined) throw new Error('nothing is due')

  const pruning = core.retention.prune(due)
  await reached.promise
  const ann = { channelType: 'test', handle: 'ann' }
  const forgetting = core.forget(ann, { hold: (_session, work) => work() })
  await Promise.race([forgetting, sleep(100)])
  gate.resolve()
  await Promise.all([pruning, forgetting])
  const kept = JSON.stringify(await archived(core, session))
  expect(kept).toContain('from Bob')
  expect(kept).not.toContain('from Ann')
  expect((await core.forget(ann, { dryRun: true })).sessions).toEqual([])
})
