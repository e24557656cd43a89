import { placeKey, type Place } from '@nanoclaw/schema'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Chat, Core, DestinationTarget, GrantWhen, Session } from '../../src/index.ts'
import { createMemoryCore } from '../../src/testing.ts'

type Step =
  | { readonly do: 'grant'; readonly by: number; readonly at: number; readonly when: GrantWhen }
  | { readonly do: 'revoke' | 'rename'; readonly by: number; readonly at: number }
  | { readonly do: 'delete' | 'remake'; readonly at: number }
  | { readonly do: 'delete agent'; readonly by: number }
  | { readonly do: 'hear'; readonly by: number; readonly at: number; readonly who: number }
  | { readonly do: 'mail'; readonly by: number }
  | { readonly do: 'join' | 'leave'; readonly who: number }
  | { readonly do: 'clear'; readonly by: number }

const agents = fc.nat({ max: 1 })
/** Three chats, then the two agents. */
const places = fc.nat({ max: 4 })
const people = fc.nat({ max: 2 })
const when = fc.constantFrom('members' as const, 'members' as const, 'anyone' as const)

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('grant' as const), by: agents, at: places, when }),
  fc.record({ do: fc.constant('grant' as const), by: agents, at: places, when }),
  fc.record({ do: fc.constantFrom('revoke' as const, 'rename'), by: agents, at: places }),
  fc.record({ do: fc.constantFrom('delete' as const, 'remake'), at: fc.nat({ max: 2 }) }),
  fc.record({ do: fc.constant('hear' as const), by: agents, at: fc.nat({ max: 2 }), who: people }),
  fc.record({ do: fc.constant('hear' as const), by: agents, at: fc.nat({ max: 2 }), who: people }),
  fc.record({ do: fc.constant('mail' as const), by: agents }),
  fc.record({ do: fc.constantFrom('join' as const, 'leave'), who: people }),
  fc.record({ do: fc.constant('clear' as const), by: agents }),
  fc.record({ do: fc.constant('delete agent' as const), by: fc.constant(1) }),
)

const handles = ['ann', 'bob', 'mallory']

/** What is so, told in other words than the core's. */
class Model {
  readonly grants = [new Map<number, GrantWhen>(), new Map<number, GrantWhen>()]
  readonly gone = new Set<number>()
  readonly members = new Set<number>()
  /** By session: who was heard where. */
  readonly heard = [new Map<string, [number, number]>(), new Map<string, [number, number]>()]

  hear(by: number, at: number, who: number): void {
    this.heard[by]?.set(`${at} ${who}`, [at, who])
  }

  strangers(by: number): readonly [number, number][] {
    return [...(this.heard[by]?.values() ?? [])].filter(([, who]) => !this.members.has(who))
  }

  mayWrite(by: number, at: number): boolean {
    if (this.gone.has(3 + by) || this.gone.has(at)) return false
    const granted = this.grants[by]?.get(at)
    if (granted !== 'members') return granted === 'anyone'
    const strangers = this.strangers(by)
    return strangers.length === 0 || strangers.some(([from]) => from === at)
  }

  lose(at: number): void {
    this.gone.add(at)
    for (const grants of this.grants) grants.delete(at)
    if (at >= 3) this.grants[at - 3]?.clear()
  }
}

async function world() {
  const core = await createMemoryCore()
  const made = [await core.agents.create({ name: 'A' }), await core.agents.create({ name: 'B' })]
  const chats: Chat[] = []
  for (const name of ['one', 'two', 'three']) {
    chats.push(await core.chats.create({ channelType: 'test', platformId: name, name }))
  }
  const sessions: Session[] = []
  for (const { id: agentGroupId } of made) {
    const { session } = await core.resolveSession({ agentGroupId, sessionMode: 'mail' })
    sessions.push(session)
  }
  for (const handle of handles) {
    await core.people.add({ channelType: 'test', channelInstance: '', handle })
  }
  const mail = ({ id }: { id: string }): Place => ({
    ...{ channelType: 'agent', channelInstance: '', platformId: id },
  })
  const placeOf = (at: number): Place => chats[at] ?? mail(made[at - 3] ?? { id: '' })
  const targetOf = (at: number): DestinationTarget => {
    const chat = chats[at]
    return chat === undefined
      ? { type: 'agent', agentGroupId: made[at - 3]?.id ?? '' }
      : { type: 'channel', messagingGroupId: chat.id }
  }
  return { core, agents: made, sessions, placeOf, targetOf }
}

type World = Awaited<ReturnType<typeof world>>

async function nameOf({ core, agents: made, targetOf }: World, by: number, at: number) {
  const target = JSON.stringify(targetOf(at))
  const book = await core.destinations.list(made[by]?.id ?? '')
  return book.find((each) => JSON.stringify(each.target) === target)?.localName ?? 'nobody'
}

async function hear(core: Core, session: Session, place: Place, who: number): Promise<void> {
  const sender = handles[who] ?? ''
  const origin = { ...place, threadId: null }
  const content = { text: 'x', sender, senderId: sender }
  await core.heard.note(session, [{ kind: 'chat', content, origin }])
}

async function take(all: World, model: Model, now: Step): Promise<void> {
  const { core, agents: made, sessions, placeOf, targetOf } = all
  const idOf = (by: number): string => made[by]?.id ?? ''
  const sessionOf = (by: number): Session => sessions[by] as Session
  switch (now.do) {
    case 'grant':
      await core.destinations.grant({
        ...{ agentGroupId: idOf(now.by), target: targetOf(now.at), when: now.when },
      })
      return void model.grants[now.by]?.set(now.at, now.when)
    case 'revoke':
      await core.destinations.revoke(idOf(now.by), await nameOf(all, now.by, now.at))
      return void model.grants[now.by]?.delete(now.at)
    case 'rename': {
      const name = await nameOf(all, now.by, now.at)
      return void (await core.destinations.rename(idOf(now.by), name, `${name}x`))
    }
    case 'delete':
      await core.chats.delete((placeOf(now.at) as Chat).id)
      return model.lose(now.at)
    case 'remake':
      await core.chats.create({ ...placeOf(now.at), name: 'again' })
      return void model.gone.delete(now.at)
    case 'delete agent':
      await core.agents.delete(idOf(now.by))
      return model.lose(3 + now.by)
    case 'hear':
      await hear(core, sessionOf(now.by), placeOf(now.at), now.who)
      return model.hear(now.by, now.at, now.who)
    case 'mail': {
      const to = 1 - now.by
      const origin = { ...placeOf(3 + now.by), threadId: null }
      const content = { text: 'x', sender: 'agent', senderId: 'agent' }
      const sourceSessionId = sessionOf(now.by).id
      await core.heard.note(sessionOf(to), [{ kind: 'chat', content, origin, sourceSessionId }])
      for (const [, who] of model.strangers(now.by)) model.hear(to, 3 + now.by, who)
      return
    }
    case 'join': {
      const user = { channelType: 'test', channelInstance: '', handle: handles[now.who] ?? '' }
      await core.people.grantRole(`test:${user.handle}`, { role: 'member' })
      return void model.members.add(now.who)
    }
    case 'leave':
      await core.people.revokeRole(`test:${handles[now.who]}`, { role: 'member' })
      return void model.members.delete(now.who)
    case 'clear':
      await core.heard.clear(sessionOf(now.by).id)
      return model.heard[now.by]?.clear()
  }
}

test('[X20] nothing is let through without a grant, or outside its "when", whatever came before', async () => {
  let refusals = 0
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 30 }), async (steps) => {
      const all = await world()
      const model = new Model()
      for (const now of steps) {
        // What there is nothing of to revoke, to rename or to delete is refused, and changes nothing.
        await take(all, model, now).catch((error: unknown) => {
          expect(error).toMatchObject({ code: expect.stringMatching(/not-found|taken|bad-state/) })
          refusals += 1
        })
        for (const by of [0, 1]) {
          for (const at of [0, 1, 2, 3, 4]) {
            const target = all.placeOf(at)
            const answer = await all.core.destinations.authorize({
              agentGroupId: all.agents[by]?.id ?? '',
              sessionId: all.sessions[by]?.id ?? '',
              operation: 'message',
              target,
            })
            const asked = `agent ${by} at ${placeKey(target)} after ${JSON.stringify(now)}`
            expect([asked, answer.allowed]).toEqual([asked, model.mayWrite(by, at)])
          }
        }
      }
      await all.core.close()
    }),
    { numRuns: 120 },
  )
  expect(refusals).toBeGreaterThan(0)
}, 60_000)
