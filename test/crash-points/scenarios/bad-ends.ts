import { TerminalDeliveryError, type ChannelAdapter } from '@nanoclaw/adapters'
import type { Scenario } from '../support/scenario.ts'
import {
  echo,
  findDelivered,
  oneChat,
  oneChatWithoutGrant,
  post,
  setGrant,
} from '../support/stage.ts'
import { until } from '../support/world.ts'

const base = { platform: {}, answer: echo, prepare: oneChat }

const strict = 'takes no second part'

/** Refuses `part two` for good while the platform says so of itself. */
function refusing(adapter: ChannelAdapter): ChannelAdapter {
  const { channelType, instance, capabilities, reconcile } = adapter
  return {
    channelType,
    instance,
    capabilities,
    ...(reconcile !== undefined && { reconcile }),
    start: (ctx) => adapter.start(ctx),
    stop: () => adapter.stop(),
    health: () => adapter.health(),
    async deliver(origin, part, options) {
      const isRefused = part.type === 'text' && part.text === 'part two'
      if (isRefused && adapter.health().why === strict) throw new TerminalDeliveryError(strict)
      return adapter.deliver(origin, part, options)
    },
  }
}

/** What does not arrive. */
export const badEnds: readonly Scenario[] = [
  {
    ...base,
    name: 'an answer that is refused',
    prepare: oneChatWithoutGrant,
    steps: [(life) => post(life, 'hello')],
    expected: { shown: [], ends: ['refused'], incidents: ['delivery-refused'], agentTold: 1 },
  },
  {
    ...base,
    name: 'an answer whose grant is revoked while it waits',
    steps: [
      (life) => {
        life.world.memory.setHealth('down')
        post(life, 'hello')
      },
      (life) => until(life, () => findDelivered(life, 'retrying') !== undefined),
      (life) => setGrant(life.core, false),
    ],
    expected: { shown: [], ends: ['refused'], incidents: ['delivery-refused'], agentTold: 1 },
  },
  {
    ...base,
    name: 'an answer to a chat that is gone',
    steps: [
      (life) => {
        life.world.memory.removeChat('room')
        post(life, 'hello')
      },
    ],
    expected: { shown: [], ends: ['failed'], incidents: ['delivery-failed'], agentTold: 1 },
  },
  {
    ...base,
    name: 'an answer that is refused, then granted and sent again by hand',
    prepare: oneChatWithoutGrant,
    steps: [
      (life) => post(life, 'hello'),
      (life) => until(life, () => findDelivered(life, 'refused') !== undefined),
      (life) => setGrant(life.core, true),
      async (life) => {
        const row = findDelivered(life, 'refused')
        if (row !== undefined) await life.host.requeue(row.message_out_id)
      },
    ],
    expected: { shown: ['echo: hello'], incidents: ['delivery-refused'], agentTold: 1 },
  },
  {
    ...base,
    name: 'an answer that the platform rejects late',
    platform: { queued: true },
    steps: [
      (life) => post(life, 'hello'),
      (life) => until(life, () => findDelivered(life, 'delivered', 'failed') !== undefined),
      async ({ world }) => {
        const [shown] = world.memory.delivered
        if (shown === undefined) throw new Error('expected something to be shown')
        await world.memory.settle(shown.key, { status: 'failed', reason: 'blocked' })
      },
    ],
    expected: {
      shown: ['echo: hello'],
      ends: ['failed'],
      incidents: ['delivery-failed'],
      agentTold: 1,
    },
  },
  {
    ...base,
    name: 'a text of four parts of which the second fails for good, sent again by hand',
    // Without keys, what is sent again is seen.
    platform: { capabilities: { textLength: 10, idempotency: 'none' }, reconcile: true },
    broken: { adapter: refusing },
    answer: () => [{ text: 'part one  part two  part three part four' }],
    steps: [
      (life) => {
        life.world.memory.setHealth('connected', strict)
        post(life, 'tell me')
      },
      (life) => until(life, () => findDelivered(life, 'failed') !== undefined),
      (life) => life.world.memory.setHealth('connected'),
      async (life) => {
        const row = findDelivered(life, 'failed')
        if (row !== undefined) await life.host.requeue(row.message_out_id)
      },
    ],
    expected: {
      shown: ['part one', 'part two', 'part three', 'part four'],
      incidents: ['delivery-failed'],
      agentTold: 1,
    },
  },
]
