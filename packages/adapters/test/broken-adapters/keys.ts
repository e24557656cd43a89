import type { DeliveryResult } from '../../src/index.ts'
import { createMemoryAdapter } from '../../src/memory.ts'
import { delivers, type Broken } from '../support/break-adapter.ts'
import { altered, type Wrap } from '../support/memory-harness.ts'

const SENT: DeliveryResult = { status: 'sent' }

/** Remembers keys in this process only, and before it knows what became of the first try. */
const remembersKeys: Wrap = (memory) => {
  const keys = new Set<string>()
  const { capabilities } = createMemoryAdapter()
  return altered(memory, {
    capabilities,
    deliver: async (origin, part, options) => {
      if (keys.has(options.key)) return SENT
      keys.add(options.key)
      return await memory.deliver(origin, part, options)
    },
  })
}

/** What a second try under the same key does, broken. */
export const brokenKeys: readonly Broken[] = [
  {
    test: '[L5] idempotency, where a window is claimed: the same key again inside it shows it once',
    says: /it shows 2 times/,
    options: { capabilities: { idempotency: 'none' } },
    wrap: (memory) => altered(memory, { capabilities: createMemoryAdapter().capabilities }),
  },
  {
    test: '[L5] idempotency, where a window is claimed: it holds across a crash',
    says: /it shows 2 times/,
    options: { capabilities: { idempotency: 'none' } },
    wrap: remembersKeys,
  },
  {
    test: 'idempotency, where a window is claimed: it is as long as that',
    says: /it shows 2 times/,
    wrap: (memory) =>
      altered(memory, {
        capabilities: { ...memory.capabilities, idempotency: { windowMs: Infinity } },
      }),
  },
  {
    test: 'idempotency, where a window is claimed: the same key again changes a message once',
    says: /a change \(reaction\) was made twice/,
    wrap: delivers((send, origin, part, options) => {
      const key = part.type === 'text' ? options.key : crypto.randomUUID()
      return send(origin, part, { ...options, key })
    }),
  },
  {
    test: 'idempotency: a key whose first try was not taken is not swallowed at the second',
    says: /the second answered, and the chat does not show it/,
    wrap: remembersKeys,
  },
]
