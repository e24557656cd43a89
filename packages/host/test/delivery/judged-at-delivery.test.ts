import { setImmediate as turnOfLoop } from 'node:timers/promises'
import { createMemoryCore } from '@nanoclaw/core/testing'
import { placeKey } from '@nanoclaw/schema'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { platform, room, said, workbench } from './workbench.ts'

const hall = { ...room, platformId: 'hall' }
const places = [room, hall]

const at = fc.nat({ max: 1 })
const any = <const T extends string>(...what: readonly T[]) =>
  fc.record({ do: fc.constantFrom(...what), at })
const step = fc.oneof(
  { weight: 6, arbitrary: any('say') },
  { weight: 3, arbitrary: any('grant', 'open', 'revoke') },
  { weight: 4, arbitrary: any('down', 'up') },
  { weight: 3, arbitrary: any('hear', 'clear', 'trust', 'distrust') },
  { weight: 1, arbitrary: any('delete') },
)

/** An agent of which both chats are known, and one stranger. */
async function world() {
  const core = await createMemoryCore()
  const { id: agentGroupId } = await core.agents.create({ name: 'Ada' })
  const chats = await Promise.all(
    places.map((place) => core.chats.create({ ...place, name: place.platformId })),
  )
  const { session } = await core.resolveSession({ agentGroupId, sessionMode: 'mail' })
  await core.people.add({ channelType: 'test', channelInstance: '', handle: 'mallory' })
  const target = (index: number) =>
    ({ type: 'channel', messagingGroupId: chats[index]?.id ?? '' }) as const
  return { core, agentGroupId, session, target, chats }
}

type World = Awaited<ReturnType<typeof world>>

/** What holds by all that has been said to hold: what is taken away holds until that is durable. */
class Model {
  readonly granted = new Map<number, 'members' | 'anyone'>()
  readonly gone = new Set<number>()
  readonly strangerAt = new Set<number>()
  isTrusted = false

  mayWrite(index: number): boolean {
    const granted = this.gone.has(index) ? undefined : this.granted.get(index)
    if (granted !== 'members') return granted === 'anyone'
    return this.isTrusted || this.strangerAt.size === 0 || this.strangerAt.has(index)
  }
}

async function change(
  all: World,
  model: Model,
  { do: what, at: index }: { do: string; at: number },
) {
  const { core, agentGroupId, session, target } = all
  const grant = (when: 'members' | 'anyone') =>
    core.destinations.grant({ agentGroupId, target: target(index), when })
  switch (what) {
    case 'grant':
      if (model.granted.get(index) === undefined) model.granted.set(index, 'members')
      await grant('members')
      return void model.granted.set(index, 'members')
    case 'open':
      model.granted.set(index, 'anyone')
      return void (await grant('anyone'))
    case 'revoke': {
      const book = await core.destinations.list(agentGroupId)
      const { messagingGroupId } = target(index)
      const row = book.find(
        (each) =>
          each.target.type === 'channel' && each.target.messagingGroupId === messagingGroupId,
      )
      await core.destinations.revoke(agentGroupId, row?.localName ?? 'nobody')
      return void model.granted.delete(index)
    }
    case 'delete':
      await core.chats.delete(target(index).messagingGroupId)
      return void model.gone.add(index)
    case 'hear': {
      const content = { text: 'x', sender: 'M', senderId: 'mallory' }
      const origin = { ...(places[index] ?? room), threadId: null }
      // Where she is heard may be written to from then on; elsewhere no more, when it is durable.
      const before = new Set(model.strangerAt)
      if (before.size > 0) model.strangerAt.add(index)
      await core.heard.note(session, [{ kind: 'chat', content, origin }])
      return void model.strangerAt.add(index)
    }
    case 'clear':
      model.strangerAt.clear()
      return core.heard.clear(session.id)
    case 'trust':
      model.isTrusted = true
      return void (await core.people.grantRole('test:mallory', { role: 'member' }))
    case 'distrust':
      await core.people.revokeRole('test:mallory', { role: 'member' })
      return void (model.isTrusted = false)
  }
}

/** Else most would be refused. */
const granted = [
  { do: 'grant', at: 0 },
  { do: 'grant', at: 1 },
] as const

test('[X20] nothing goes out without a grant that holds when it goes, whatever it held when it was said', async () => {
  let delivered = 0
  let refused = 0
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 60 }), async (steps) => {
      const bench = await workbench()
      const all = await world()
      const model = new Model()
      const wrong: string[] = []
      const channel = platform({ textLength: 100 })
      const deliver: typeof channel.adapter.deliver = (origin, ...rest) => {
        const index = places.findIndex(({ platformId }) => platformId === origin.chatId)
        if (!model.mayWrite(index)) wrong.push(`${origin.chatId} after ${JSON.stringify(steps)}`)
        delivered += 1
        return channel.adapter.deliver(origin, ...rest)
      }
      const { core, agentGroupId, session } = all
      const process = await bench.process({
        adapters: [{ ...channel.adapter, deliver }],
        authorize: (target) =>
          core.destinations.authorize({
            ...{ agentGroupId, sessionId: session.id, target, operation: 'message' },
          }),
      })
      /** What goes out goes out: what is changed from now on is for what waits. */
      const settle = async (isDown: boolean): Promise<void> => {
        for (let turn = 0; turn < 10; turn += 1) await turnOfLoop()
        // What begins to wait just now hears of it next time.
        while (!isDown && !process.deliveries.isQuiet) {
          process.deliveries.poke(room.channelType, room.channelInstance)
          await turnOfLoop()
        }
      }
      let seq = 1
      let isDown = false
      for (const now of [...granted, ...steps]) {
        const place = places[now.at] ?? room
        if (now.do === 'say') await process.take(said((seq += 2), place))
        else if (now.do === 'down') channel.setDown('asleep')
        else if (now.do === 'up') {
          channel.setDown(undefined)
          process.deliveries.poke(room.channelType, room.channelInstance)
        } else {
          await change(all, model, now).catch((error: unknown) => {
            expect(error, placeKey(place)).toMatchObject({ code: 'not-found' })
          })
        }
        if (now.do === 'down' || now.do === 'up') isDown = now.do === 'down'
        await settle(isDown)
      }
      channel.setDown(undefined)
      process.deliveries.poke(room.channelType, room.channelInstance)
      await settle(false)
      const rows = await bench.mailbox.deliveries({ limit: 100 })
      const open = rows.filter(({ status }) => status !== 'delivered' && status !== 'refused')
      refused += rows.filter(({ status }) => status === 'refused').length
      expect({ wrong, open }).toEqual({ wrong: [], open: [] })
      await process.stop()
    }),
    { numRuns: 20 },
  )
  // Both ends were seen.
  expect(delivered).toBeGreaterThan(10)
  expect(refused).toBeGreaterThan(10)
}, 60_000)
