import type { Life, Scenario } from '../support/scenario.ts'
import { echo, findDelivered, oneChat, post } from '../support/stage.ts'
import { settled } from '../support/world.ts'

const base: Omit<Scenario, 'name' | 'platform'> = {
  answer: echo,
  prepare: oneChat,
  steps: [
    (life) => {
      life.world.memory.failNext('take-then-throw')
      post(life, 'hello')
      post(life, 'and you?')
    },
  ],
  expected: { shown: ['echo: hello', 'echo: and you?'] },
}

/** A person looks into the chat, and says what they see. */
async function settleAsked(life: Life): Promise<void> {
  for (;;) {
    await settled(life)
    const row = findDelivered(life, 'ambiguous')
    if (row === undefined) return
    const isShown = life.world.memory.delivered.some(({ text }) => row.content.includes(text))
    if (isShown) await life.host.settle(row.message_out_id, 'delivered')
    else await life.host.requeue(row.message_out_id)
  }
}

/** Sends of which nobody knows whether they arrived. */
export const unknownOutcomes: readonly Scenario[] = [
  { ...base, name: 'an unknown outcome inside the window', platform: {} },
  {
    ...base,
    name: 'an unknown outcome that can be looked up',
    platform: { capabilities: { idempotency: 'none' }, reconcile: true },
  },
  {
    ...base,
    name: 'an unknown outcome with neither, sent again',
    platform: { capabilities: { idempotency: 'none' } },
  },
  {
    ...base,
    name: 'an unknown outcome with neither, of which a person is asked',
    platform: { capabilities: { idempotency: 'none' } },
    settings: { unknownOutcome: 'ask' },
    steps: [...base.steps, settleAsked],
    expected: {
      shown: ['echo: hello', 'echo: and you?'],
      isAnyOrder: true,
      incidents: ['delivery-ambiguous'],
    },
  },
]
