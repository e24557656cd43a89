import type { HandOverAnswer } from './test-context.ts'
import { gate } from './gate.ts'
import { nameOf, shownNames } from './names.ts'
import type { Promised } from './promised.ts'

const ROUND = 3

/** A process that dies, and the next one on the same platform with the same state. */
export const restarts: readonly Promised[] = [
  {
    name: '[L3] crash between hand-over and confirmation: the next process hands it over again, under the same name',
    because:
      'nobody knows whether the host stored it: once more under its name is safe, never again is a loss',
    facets: ['crash', 'redelivery'],
    async run({ host, start, die, rise, until, need, check }) {
      const platform = need('redeliver', 'restart')
      host.answer = gate().answer
      await start()
      await platform.sendMessage({ text: 'marker-crash' })
      await until(() => host.events.length === 1, 'The adapter did not hand the message over')
      host.answer = async () => ({ outcome: 'accepted' })
      die()
      await rise()
      await platform.redeliver()
      await until(
        () => host.events.length > 1,
        'The next process did not hand over what the one before had not confirmed',
      )
      const names = new Set(host.events.map(nameOf))
      check(names.size === 1, `One message came under ${names.size} names: ${[...names].join(' ')}`)
    },
  },
  {
    name: 'crash between writing the place down and confirming: what is known already is confirmed',
    because: 'a platform that was not told sends it again for ever, as fast as it is asked',
    facets: ['crash', 'confirmation'],
    async run({ host, start, die, rise, until, need }) {
      const platform = need('confirmed', 'restart')
      let isDead = false
      host.afterSet = () => {
        if (isDead || host.events.length === 0) return
        isDead = true
        die()
      }
      await start()
      const id = await platform.sendMessage({ text: 'marker-known' })
      const confirmed = (): boolean => platform.confirmed().includes(id)
      await until(() => isDead || confirmed(), 'The adapter did not confirm a message')
      // One that writes nothing down has no such moment.
      if (!isDead) return
      await rise()
      await platform.redeliver?.()
      await until(confirmed, 'The next process did not confirm what the one before had handed over')
    },
  },
  {
    name: 'crash: what people write while nobody runs is handed over by the next process',
    because: 'an adapter that begins at "now" loses whatever is written during an outage of ours',
    facets: ['crash', 'redelivery'],
    async run({ start, die, rise, hear, heard, until, need }) {
      const platform = need('redeliver', 'restart')
      await start()
      await hear('marker-before')
      die()
      await platform.sendMessage({ text: 'marker-meanwhile' })
      await rise()
      await platform.redeliver()
      await until(
        () => heard('marker-meanwhile').length > 0,
        'The next process did not hand over what was written before it started',
      )
    },
  },
  {
    name: 'crash: what was confirmed before is not handed over again',
    because:
      'an adapter that keeps its place only in memory hands a whole history over at each restart',
    facets: ['crash', 'confirmation'],
    async run({ host, start, die, rise, hear, until, quiet, need, check }) {
      const platform = need('confirmed', 'restart')
      await start()
      const id = await platform.sendMessage({ text: 'marker-old' })
      await until(() => platform.confirmed().includes(id), 'The adapter did not confirm a message')
      die()
      await rise()
      await hear('marker-new')
      await quiet()
      const names = new Set(host.events.map(nameOf))
      check(
        names.size === host.events.length,
        'The next process handed over what had been confirmed',
      )
    },
  },
  {
    name: 'crash: an update that the platform repeats after it keeps its name',
    because:
      'a repetition that the next process hands over is harmless under the old name, and answered twice under a new one',
    facets: ['crash', 'duplicates'],
    async run({ host, start, die, rise, hear, idle, need, check }) {
      const platform = need('repeat', 'restart')
      await start()
      const id = await platform.sendMessage({ text: 'marker-first' })
      await hear('marker-second')
      die()
      await rise()
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
    name: 'nothing is lost and nothing doubled over hand-overs that fail, a stop, and a crash',
    because: 'these are the moments in which messages are lost, and they come together',
    facets: ['crash', 'redelivery'],
    async run(scene) {
      const { host, start, die, rise, until, need, check } = scene
      const platform = need('redeliver', 'restart')
      const stored = new Map<string, string>()
      const failed = new Set<string>()
      const flaky: HandOverAnswer = async (event) => {
        if (!failed.has(nameOf(event))) {
          failed.add(nameOf(event))
          throw new Error('busy')
        }
        if (stored.has(nameOf(event))) return { outcome: 'duplicate' }
        stored.set(nameOf(event), event.type === 'message' ? event.text : event.type)
        return { outcome: 'accepted' }
      }
      host.answer = flaky
      const wanted: string[] = []
      const write = async (): Promise<void> => {
        for (let count = 0; count < ROUND; count += 1) {
          const text = `marker-${wanted.length}-end`
          wanted.push(text)
          await platform.sendMessage({ text })
        }
      }
      await start()
      await write()
      await scene.adapter.stop()
      await start()
      await write()
      die()
      await rise()
      await write()
      const complete = (): boolean =>
        wanted.every((text) => [...stored.values()].some((one) => one.includes(text)))
      for (let round = 0; round < 4 * wanted.length && !complete(); round += 1) {
        await platform.redeliver()
        await scene.idle()
      }
      await until(complete, `The adapter handed over ${stored.size} of ${wanted.length} messages`)
      check(
        stored.size === wanted.length,
        `${wanted.length} messages became ${stored.size} events with names of their own`,
      )
    },
  },
]
