import { RetryableDeliveryError } from '@nanoclaw/adapters'
import { systemClock, timestamp } from '@nanoclaw/schema'
import type { Scenario } from '../support/scenario.ts'
import { echo, oneChat, post } from '../support/stage.ts'

const base = { platform: {}, answer: echo, prepare: oneChat }

/** What arrives in the end. */
export const answers: readonly Scenario[] = [
  {
    ...base,
    name: 'a plain answer',
    steps: [(life) => post(life, 'hello')],
    expected: { shown: ['echo: hello'] },
  },
  {
    ...base,
    name: 'messages pushed into a running turn',
    steps: [
      (life) => {
        for (const text of ['one', 'two', 'three']) post(life, text)
      },
    ],
    expected: { shown: ['echo: one', 'echo: two', 'echo: three'] },
  },
  {
    ...base,
    name: 'a text of four parts',
    platform: { capabilities: { textLength: 10, idempotency: 'none' }, reconcile: true },
    answer: () => [{ text: 'part one  part two  part three part four' }, { text: 'and more' }],
    steps: [(life) => post(life, 'tell me')],
    expected: { shown: ['part one', 'part two', 'part three', 'part four', 'and more'] },
  },
  {
    ...base,
    name: 'a text of four parts in a window',
    platform: { capabilities: { textLength: 10 } },
    answer: () => [{ text: 'part one  part two  part three part four' }, { text: 'and more' }],
    steps: [(life) => post(life, 'tell me')],
    expected: { shown: ['part one', 'part two', 'part three', 'part four', 'and more'] },
  },
  {
    ...base,
    name: 'an answer that is sent at the second try',
    steps: [
      (life) => {
        life.world.memory.failNext(new RetryableDeliveryError('busy', { retryAfterMs: 5 }))
        post(life, 'hello')
        post(life, 'and you?')
      },
    ],
    expected: { shown: ['echo: hello', 'echo: and you?'] },
  },
  {
    ...base,
    name: 'a message that is put off',
    answer: (row) => [
      { text: `late: ${row.text}`, deliverAfter: timestamp(systemClock, 100) },
      { text: `now: ${row.text}` },
    ],
    steps: [(life) => post(life, 'hello')],
    expected: { shown: ['now: hello', 'late: hello'], isAnyOrder: true },
  },
]
