import type { Scenario } from '../support/scenario.ts'
import { echo, oneChat, post } from '../support/stage.ts'

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
]
