import { setTimeout as wait } from 'node:timers/promises'
import { nameOf, shownNames } from './names.ts'
import type { Promised } from './promised.ts'
import type { Scene } from './scene.ts'

const MESSAGES = 20

/** Sequence, repetition and patience. */
export const order: readonly Promised[] = [
  {
    name: 'two messages are two events with different names, however alike',
    because: 'the host takes the second of one name for a duplicate, and drops it',
    async run({ host, platform, start, until, check }) {
      await start()
      await platform.sendMessage({ text: 'same' })
      await platform.sendMessage({ text: 'same' })
      await until(() => host.events.length === 2, 'The adapter did not hand over two messages')
      const names = new Set(host.events.map(nameOf))
      check(names.size === 2, `Two messages came under one name: ${[...names].join(' ')}`)
    },
  },
  {
    name: 'messages of a chat are handed over in order, each after the one before was taken',
    because: 'a person’s second sentence would come before the first',
    run: (scene) => burst(scene, () => new Promise((resolve) => setImmediate(resolve))),
  },
  {
    name: 'a slow host makes the adapter wait: nothing is lost, doubled or out of order',
    because:
      'a host under load takes seconds for a message, and what piles up must not be dropped or pushed at it',
    async run(scene) {
      let first = true
      await burst(scene, async () => {
        if (first) await wait(scene.slowMs)
        first = false
      })
      const { state } = scene.adapter.health()
      scene.check(state === 'connected', `health() says ${state} because the host was slow`)
    },
  },
  {
    name: '[L4] an update that the platform repeats after it was confirmed keeps its name',
    because:
      'platforms repeat updates after a hiccup of theirs; under a new name the person is answered twice',
    facets: ['duplicates'],
    async run({ host, start, hear, idle, need, check }) {
      const platform = need('repeat')
      await start()
      const id = await platform.sendMessage({ text: 'marker-first' })
      await hear('marker-second')
      await platform.repeat(id)
      await hear('marker-third')
      await idle()
      const names = new Set(host.events.map(nameOf))
      check(
        names.size === 3,
        `Three messages came under ${names.size} names: ${shownNames(host.events)}`,
      )
    },
  },
  {
    name: 'updates that come in another order than they were written are all handed over, once',
    because: 'an adapter that remembers only the highest number it has seen drops the late one',
    facets: ['reordering'],
    async run({ start, heard, until, idle, need, check }) {
      const platform = need('sendReordered')
      await start()
      const texts = ['marker-one.', 'marker-two.', 'marker-three.']
      await platform.sendReordered(texts.map((text) => ({ text })))
      for (const text of texts) {
        await until(() => heard(text).length > 0, `The adapter did not hand "${text}" over`)
      }
      await idle()
      const count = heard('marker-').length
      check(count === texts.length, `Three messages were handed over ${count} times`)
    },
  },
]

/** Many messages at once, and a host that takes its time for each. */
async function burst(scene: Scene, take: () => Promise<unknown>): Promise<void> {
  const { host, platform, start, until, idle, check, slowMs, patienceMs } = scene
  let running = 0
  let most = 0
  host.answer = async () => {
    running += 1
    most = Math.max(most, running)
    await take()
    running -= 1
    return { outcome: 'accepted' }
  }
  await start()
  const texts = Array.from({ length: MESSAGES }, (_, index) => `marker-${index}-end`)
  for (const text of texts) await platform.sendMessage({ text })
  await until(
    () => host.settled >= texts.length,
    `The adapter did not hand over all of ${MESSAGES} messages`,
    slowMs + patienceMs,
  )
  await idle()
  check(most === 1, `The adapter ran ${most} hand-overs of one chat at the same time`)
  const seen = host.events.map((event) =>
    texts.findIndex((text) => event.type === 'message' && event.text.includes(text)),
  )
  const wanted = texts.map((_, index) => index)
  check(String(seen) === String(wanted), `The adapter handed them over in the order ${seen.join()}`)
}
