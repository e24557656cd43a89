import type { ChannelAdapter } from '../contract/adapter.ts'
import type { OutboundPart } from '../contract/parts.ts'
import { ownMessage } from './parts.ts'
import type { Promised } from './promised.ts'
import type { Scene } from './scene.ts'

const KEY = 'the-same-key'
/** So long before its end a window is tried, or a quarter of it: a slow machine takes a while. */
const BEFORE_ITS_END_MS = 30_000
/** A year, for windows that never end. */
const LONGEST_SKIP_MS = 365 * 24 * 60 * 60_000
const claimed = ({ capabilities }: ChannelAdapter): boolean => capabilities.idempotency !== 'none'

/** What a second try under the same key does. */
export const keys: readonly Promised[] = [
  {
    name: '[L5] idempotency, where a window is claimed: the same key again inside it shows it once',
    because: 'the host sends again without asking, because the window is claimed',
    facets: ['lose-answer'],
    claimed,
    async run(scene) {
      await scene.start()
      await loseAnswer(scene)
      await again(scene)
    },
  },
  {
    name: '[L5] idempotency, where a window is claimed: it holds across a crash',
    because:
      'most retries come after a restart; what is remembered only by the adapter is no window',
    facets: ['lose-answer', 'crash'],
    claimed,
    async run(scene) {
      scene.need('restart')
      await scene.start()
      await loseAnswer(scene)
      scene.die()
      await scene.rise()
      await again(scene)
    },
  },
  {
    name: 'idempotency, where a window is claimed: it is as long as that',
    because: 'a window that ends before the host thinks so lets the second try show twice',
    facets: ['lose-answer', 'clock'],
    claimed,
    async run(scene) {
      const platform = scene.need('skipTime')
      const { idempotency } = scene.adapter.capabilities
      const windowMs = idempotency === 'none' ? 0 : idempotency.windowMs
      await scene.start()
      await loseAnswer(scene)
      const marginMs = Math.min(BEFORE_ITS_END_MS, windowMs / 4)
      platform.skipTime(Math.min(windowMs - marginMs, LONGEST_SKIP_MS))
      await again(scene)
    },
  },
  {
    name: 'idempotency, where a window is claimed: the same key again changes a message once',
    because: 'edits and reactions are tried again as texts are, and people are told of each',
    claimed: (adapter) =>
      claimed(adapter) && (adapter.capabilities.edits || adapter.capabilities.reactions),
    async run(scene) {
      const { adapter, start, deliver, posts, idle, check } = scene
      const { edits, reactions } = adapter.capabilities
      await start()
      const platformMessageId = await ownMessage(scene, 'marker-target')
      const wanted: OutboundPart[] = [
        ...(reactions ? [{ type: 'reaction', platformMessageId, emoji: '👍' } as const] : []),
        ...(edits ? [{ type: 'edit', platformMessageId, text: 'marker-target 2' } as const] : []),
      ]
      for (const [index, part] of wanted.entries()) {
        const key = `${KEY}-${part.type}`
        await deliver(part, { key })
        await deliver(part, { key })
        await idle()
        const [post] = posts('marker-target')
        const { changes = index + 1 } = post ?? {}
        const twice = `Sent twice under one key, a change (${part.type}) was made twice`
        check(changes === index + 1, twice)
        check((post?.reactions?.length ?? 0) <= 1, twice)
      }
    },
  },
  {
    name: 'idempotency: a key whose first try was not taken is not swallowed at the second',
    because: 'an adapter that remembers keys instead of results loses exactly what had failed',
    facets: ['cut'],
    async run({ start, connected, say, fail, posts, throws, until, idle, check }) {
      await start()
      fail('cut')
      await throws(say('marker-key', { key: KEY }), 'unknown')
      await connected()
      await say('marker-key', { key: KEY })
      await until(
        () => posts('marker-key').length > 0,
        'The first try was not taken, the second answered, and the chat does not show it',
      )
      await idle()
      const count = posts('marker-key').length
      check(count === 1, `One message, taken at its second try, stands there ${count} times`)
    },
  },
]

async function loseAnswer({ say, fail, throws, posts, until }: Scene): Promise<void> {
  fail('lose-answer')
  await throws(say('marker-key', { key: KEY }), 'unknown')
  await until(() => posts('marker-key').length > 0, 'The platform does not show what it took')
}

async function again({ connected, say, posts, idle, check }: Scene): Promise<void> {
  await connected()
  await say('marker-key', { key: KEY })
  await idle()
  const count = posts('marker-key').length
  check(count === 1, `Sent twice under one key, inside the claimed window, it shows ${count} times`)
}
