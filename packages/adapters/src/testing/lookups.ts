import type { ChannelAdapter } from '../contract/adapter.ts'
import type { InboundEvent } from '../contract/events.ts'
import type { ReconcileResult } from '../contract/parts.ts'
import { checkEvent } from './check-event.ts'
import { nameOf } from './names.ts'
import type { Promised } from './promised.ts'
import type { Scene } from './scene.ts'

const KEY = 'looked-up'
const A_YEAR_MS = 365 * 24 * 60 * 60_000
const EVER = '1970-01-01T00:00:00.000Z'
const WRITTEN = ['marker-one', 'marker-two', 'marker-three']

const hasHistory = ({ capabilities }: ChannelAdapter): boolean => capabilities.history
const hasReconcile = (adapter: ChannelAdapter): boolean => adapter.reconcile !== undefined
const hasResolve = (adapter: ChannelAdapter): boolean => adapter.resolve !== undefined

/** What the platform can be asked. */
export const lookups: readonly Promised[] = [
  {
    name: 'history, where claimed: messages oldest first, under the names of their hand-over',
    because: 'the host fills gaps with it, and drops by name what it has already',
    claimed: hasHistory,
    async run(scene) {
      const { host, start, hear, check } = scene
      await start()
      for (const text of WRITTEN) await hear(text)
      const found = await history(scene, EVER)
      for (const event of found) checkEvent(event, scene)
      const [is, was] = [found.map(nameOf), host.events.map(nameOf)]
      check(
        String(is) === String(was),
        `history() gives ${is.join(' ')}, heard was ${was.join(' ')}`,
      )
    },
  },
  {
    name: 'history, where claimed: only what is later than `since`',
    because: 'after each gap the host would read a whole chat again',
    claimed: hasHistory,
    async run(scene) {
      const { start, hear, check } = scene
      await start()
      for (const text of WRITTEN) await hear(text)
      const { sentAt } = await hear('marker-since')
      const early = (await history(scene, sentAt)).filter((event) => event.sentAt <= sentAt)
      check(
        early.length === 0,
        `history() since ${sentAt} gives ${early.length} messages up to then`,
      )
    },
  },
  {
    name: 'reconcile, where there is one: what was sent is found, with its id',
    because: 'it settles what nobody can tell otherwise, without asking a person',
    claimed: hasReconcile,
    async run({ adapter, start, say, posts, until, check }) {
      await start()
      await say('marker-sent', { key: KEY })
      await until(() => posts('marker-sent').length > 0, 'The chat does not show the text')
      const found = await ask(adapter)
      check(
        found?.outcome === 'sent',
        `reconcile() says "${found?.outcome}" of what the chat shows`,
      )
      const id = posts('marker-sent')[0]?.platformMessageId
      const named = found?.outcome === 'sent' ? (found.platformMessageId ?? id) : id
      check(named === id, `reconcile() names "${named}", and the chat shows it as "${id}"`)
    },
  },
  {
    name: '[L5] reconcile, where there is one: never not-sent of what the platform has taken',
    because: 'the host would send it again',
    facets: ['lose-answer'],
    claimed: hasReconcile,
    async run({ adapter, start, say, fail, throws, check }) {
      await start()
      fail('lose-answer')
      await throws(say('marker-lost', { key: KEY }), 'unknown')
      const found = await ask(adapter)
      check(found?.outcome !== 'not-sent', 'reconcile() says "not-sent" of what the chat shows')
    },
  },
  {
    name: 'reconcile, where there is one: never not-sent of what the platform has forgotten',
    because: 'platforms know a key for a day or so; what they have forgotten stands in the chat',
    facets: ['clock'],
    claimed: hasReconcile,
    async run({ adapter, start, say, need, check }) {
      const platform = need('skipTime')
      await start()
      await say('marker-sent', { key: KEY })
      platform.skipTime(A_YEAR_MS)
      const found = await ask(adapter)
      check(
        found?.outcome !== 'not-sent',
        'A year later reconcile() says "not-sent" of what the chat shows',
      )
    },
  },
  {
    name: 'reconcile, where there is one: never not-sent while the platform cannot be asked',
    because: 'the host sends again what was not sent; who cannot ask does not know',
    facets: ['outage'],
    claimed: hasReconcile,
    async run({ adapter, start, connected, say, throws, need, check }) {
      const platform = need('setReachable')
      await start()
      await connected()
      platform.setReachable(false)
      await throws(say('marker-away', { key: KEY }), 'retryable')
      const found = await ask(adapter)
      check(
        found?.outcome !== 'not-sent',
        'reconcile() says "not-sent", and the platform cannot be asked',
      )
    },
  },
  {
    name: 'reconcile, where there is one: never sent of what the platform has not taken',
    because: 'the host would write it down as delivered, and nobody would ever see it',
    facets: ['cut'],
    claimed: hasReconcile,
    async run({ adapter, start, say, fail, throws, check }) {
      await start()
      fail('cut')
      await throws(say('marker-cut', { key: KEY }), 'unknown')
      const found = await ask(adapter)
      check(found?.outcome !== 'sent', 'reconcile() says "sent" of what the chat does not show')
    },
  },
  {
    name: 'reconcile, where there is one: it asks the platform, and so holds across a crash',
    because: 'a host that comes back asks about what its predecessor was sending',
    facets: ['crash', 'lose-answer'],
    claimed: hasReconcile,
    async run(scene) {
      const { start, say, fail, throws, die, rise, check } = scene
      scene.need('restart')
      await start()
      fail('lose-answer')
      await throws(say('marker-lost', { key: KEY }), 'unknown')
      die()
      await rise()
      const found = await ask(scene.adapter)
      check(found?.outcome !== 'not-sent', 'reconcile() says "not-sent" of what the chat shows')
    },
  },
  {
    name: 'resolve, where there is one: a name gives the id of its chat, and an unknown one nothing',
    because: 'agents name chats in words, and a wrong guess writes to the wrong people',
    claimed: hasResolve,
    async run({ adapter, origin, start, need, check }) {
      const { originName } = need('originName')
      await start()
      const found = await adapter.resolve?.(originName)
      check(
        found === origin.chatId,
        `resolve("${originName}") gives ${JSON.stringify(found)}, not "${origin.chatId}"`,
      )
      for (const name of ['no such chat', 'toString', '__proto__', '']) {
        const none = await adapter.resolve?.(name)
        check(none === undefined, `resolve("${name}") gives ${JSON.stringify(none)}`)
      }
    },
  },
]

/** A rejection means `unknown`; one that is too late is a failure all the same. */
async function ask(adapter: ChannelAdapter): Promise<ReconcileResult | undefined> {
  return await adapter.reconcile?.(KEY).catch(() => ({ outcome: 'unknown' }) as const)
}

async function history({ adapter, origin, inTime }: Scene, since: string): Promise<InboundEvent[]> {
  const read = async (): Promise<InboundEvent[]> => {
    const found: InboundEvent[] = []
    for await (const event of adapter.history?.(origin.chatId, since) ?? []) found.push(event)
    return found
  }
  return await inTime(read(), 'history() did not end')
}
