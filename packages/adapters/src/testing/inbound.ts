import { setTimeout as wait } from 'node:timers/promises'
import { checkEvent } from './check-event.ts'
import { gate } from './gate.ts'
import { HOSTILE_NAMES, HOSTILE_TEXTS } from './hostile.ts'
import { nameOf, shownNames } from './names.ts'
import type { Promised } from './promised.ts'

/** A back-off of a quarter of a second makes three tries in this time; a storm makes hundreds. */
const STORM_MS = 500
const STORM_TRIES = 10
/** More than an adapter that gives up would try; fewer if its pauses grow beyond the patience. */
const MANY_FAILURES = 8

const later = (): Promise<never> => Promise.reject(new Error('the disk is full'))

/** What people write, on its way to the host, and what is confirmed of it. */
export const inbound: readonly Promised[] = [
  {
    name: 'a message is handed over with everything that the contract lists',
    because: 'the host routes, orders and stores by these fields, and cannot ask for them later',
    async run(scene) {
      const { origin, start, hear, check } = scene
      await start()
      const event = await hear('marker-shape')
      checkEvent(event, scene)
      const { chatId } = event
      check(
        chatId === origin.chatId,
        `The event's chatId is "${chatId}", and the message was written in "${origin.chatId}"`,
      )
    },
  },
  {
    name: '[L3] a message is confirmed only after handOver has resolved',
    because:
      'a crash in between loses it: it is durable nowhere, and the platform will not send it again',
    facets: ['confirmation'],
    async run({ host, start, until, idle, need, check }) {
      const platform = need('confirmed')
      const { answer, open } = gate()
      host.answer = answer
      await start()
      const id = await platform.sendMessage({ text: 'durable first' })
      await until(() => host.events.length === 1, 'The adapter did not hand the message over')
      await idle()
      const early = platform.confirmed().includes(id)
      open()
      check(!early, 'The adapter confirmed the message while handOver() was still running')
      await until(
        () => platform.confirmed().includes(id),
        'The adapter did not confirm an accepted message',
      )
    },
  },
  {
    name: 'a message that the host rejects, or knows already, is confirmed',
    because: 'both answers are final, and the platform would send it for ever',
    facets: ['confirmation'],
    async run({ host, start, until, need }) {
      const platform = need('confirmed')
      await start()
      host.answer = async () => ({ outcome: 'rejected', reason: 'nobody wants it' })
      const rejected = await platform.sendMessage({ text: 'rejected' })
      await until(
        () => platform.confirmed().includes(rejected),
        'The adapter did not confirm a rejected message',
      )
      host.answer = async () => ({ outcome: 'duplicate' })
      const duplicate = await platform.sendMessage({ text: 'duplicate' })
      await until(
        () => platform.confirmed().includes(duplicate),
        'The adapter did not confirm a duplicate',
      )
    },
  },
  {
    name: '[L3] a message whose handOver threw is not confirmed',
    because: 'it is durable nowhere, and only the platform still has it',
    facets: ['confirmation'],
    async run({ host, start, until, idle, need, check }) {
      const platform = need('confirmed')
      host.answer = later
      await start()
      const id = await platform.sendMessage({ text: 'not durable' })
      await until(() => host.settled > 0, 'The adapter did not hand the message over')
      await idle()
      const confirmed = platform.confirmed().includes(id)
      check(!confirmed, 'The adapter confirmed a message although handOver() threw')
    },
  },
  {
    name: '[L4] a message that the platform sends again until it is confirmed is the same event',
    because:
      'the host knows a duplicate by type, chat, id and revision, and would answer the person twice',
    facets: ['redelivery'],
    async run({ host, start, until, need, check }) {
      const platform = need('redeliver')
      host.answer = later
      await start()
      await platform.sendMessage({ text: 'twice' })
      await until(() => host.settled > 0, 'The adapter did not hand the message over')
      const before = host.events.length
      host.answer = async () => ({ outcome: 'accepted' })
      await platform.redeliver()
      await until(
        () => host.events.length > before,
        'The adapter did not hand over again what the host had never stored',
      )
      const names = new Set(host.events.map(nameOf))
      check(names.size === 1, `One message came under ${names.size} names: ${[...names].join(' ')}`)
    },
  },
  {
    name: '[L4] one message that cannot be handed over does not cost the next ones',
    because: 'one busy moment of the host must cost nobody a message',
    facets: ['redelivery'],
    async run({ host, start, until, need }) {
      const platform = need('redeliver')
      const stored: string[] = []
      let failures = 1
      host.answer = async (event) => {
        if (failures-- > 0) throw new Error('busy')
        if (event.type === 'message') stored.push(event.text)
        return { outcome: 'accepted' }
      }
      await start()
      await platform.sendMessage({ text: 'marker-a' })
      await until(() => host.settled > 0, 'The adapter did not hand the message over')
      await platform.sendMessage({ text: 'marker-b' })
      await platform.redeliver()
      await until(
        () => ['marker-a', 'marker-b'].every((one) => stored.some((text) => text.includes(one))),
        'After one hand-over that failed the adapter did not hand every message over',
      )
    },
  },
  {
    name: 'a host that cannot take a message is asked again after pauses, not in a storm',
    because: 'what keeps a host from taking it is often load, and each try adds to it',
    async run({ host, platform, start, until, check }) {
      host.answer = later
      await start()
      await platform.sendMessage({ text: 'marker-refused' })
      await until(() => host.settled > 0, 'The adapter did not hand the message over')
      const before = host.events.length
      await wait(STORM_MS)
      const tries = host.events.length - before
      check(tries <= STORM_TRIES, `The adapter called handOver() ${tries} times in ${STORM_MS} ms`)
    },
  },
  {
    name: 'a message that the host cannot take many times over is never given up',
    because: 'a disk is full for hours, and what is given up meanwhile nobody ever sees',
    facets: ['redelivery'],
    async run({ adapter, host, start, until, idle, need, patienceMs }) {
      const platform = need('redeliver')
      host.answer = later
      await start()
      const id = await platform.sendMessage({ text: 'marker-refused' })
      await until(() => host.settled > 0, 'The adapter did not hand the message over')
      const began = performance.now()
      while (host.settled < MANY_FAILURES && performance.now() - began < patienceMs) {
        await platform.redeliver()
        await idle()
      }
      // Ends the pause of the adapter, however long it has become.
      await adapter.stop()
      const failures = host.events.length
      host.answer = async () => ({ outcome: 'accepted' })
      await start()
      await platform.redeliver()
      await until(
        () => host.events.length > failures,
        `After ${failures} hand-overs that failed the adapter handed the message over no more`,
      )
      await until(
        () => platform.confirmed?.().includes(id) !== false,
        'The adapter did not confirm the message when it was accepted at last',
      )
    },
  },
  {
    name: 'own messages are never handed over as somebody’s',
    because: 'the agent would answer itself for ever',
    facets: ['echo'],
    async run(scene) {
      const { host, adapter, start, deliver, post, hear, quiet, need, check } = scene
      need('echoes')
      const { edits, reactions } = adapter.capabilities
      await start()
      const { platformMessageId } = await post('marker-echo')
      if (platformMessageId !== undefined) {
        if (edits) await deliver({ type: 'edit', platformMessageId, text: 'marker-echo 2' })
        if (reactions) await deliver({ type: 'reaction', platformMessageId, emoji: '👍' })
      }
      const { platformMessageId: persons } = await hear('marker-person')
      await quiet()
      const own = host.events.find((event) => event.platformMessageId !== persons)
      const what = own && shownNames([own])
      check(own === undefined, `The adapter handed over what the bot itself did: ${what}`)
    },
  },
  {
    name: 'an update that cannot be read does not stop those behind it',
    because:
      'platforms add kinds and fields without a word, and one of them must not end a channel',
    facets: ['unreadable'],
    async run({ start, connected, hear, need }) {
      const platform = need('sendUnreadable')
      await start()
      await connected()
      await platform.sendUnreadable('marker-unreadable')
      await hear('marker-behind')
    },
  },
  {
    name: 'what another bot writes comes from a bot',
    because: 'bots that answer each other never end; the host counts on being told',
    facets: ['bots'],
    async run({ start, hear, heard, found, need, check }) {
      const platform = need('sendAsBot')
      await start()
      const { sender } = await hear('marker-person')
      check(!sender.isBot, 'What a person wrote came with sender.isBot true')
      await platform.sendAsBot({ text: 'marker-machine' })
      const event = await found(
        () => heard('marker-machine')[0],
        'The adapter did not hand over what another bot wrote',
      )
      check(event.sender.isBot, 'What another bot wrote came with sender.isBot false')
    },
  },
  {
    name: 'log: no text of a message and no token stands in it, at any level',
    because: 'logs are kept, sent around, and read by people whom nobody wrote to',
    async run({ host, platform, start, say, until }) {
      host.answer = later
      await start()
      await platform.sendMessage({ text: 'marker-private' })
      await until(() => host.settled > 0, 'The adapter did not hand the message over')
      host.answer = async () => ({ outcome: 'rejected', reason: 'nobody wants it' })
      await platform.redeliver?.()
      await platform.sendMessage({ text: 'marker-unwanted' })
      await until(() => host.settled > 1, 'The adapter did not hand the next message over')
      await say('marker-answer')
      // The lines are read after every test of the suite.
    },
  },
  {
    name: '[X7] hostile texts and names come through as content, one event each',
    because: 'whoever writes such a text would otherwise stop the channel, or speak as another',
    async run(scene) {
      const { host, platform, start, until, check } = scene
      await start()
      for (const [index, text] of HOSTILE_TEXTS.entries()) {
        const senderName = HOSTILE_NAMES[index % HOSTILE_NAMES.length] ?? ''
        await platform.sendMessage({ text: `marker-${index} ${text}`, senderName })
        await until(
          () => host.events.length > index,
          `The adapter did not hand over a message with ${JSON.stringify(text.slice(0, 60))}`,
        )
      }
      const count = host.events.length
      check(count === HOSTILE_TEXTS.length, `${HOSTILE_TEXTS.length} texts became ${count} events`)
      for (const [index, event] of host.events.entries()) {
        checkEvent(event, scene)
        check(
          event.type === 'message' && event.text.includes(`marker-${index}`),
          `Text ${index} came as another type of event, or lost its words`,
        )
      }
    },
  },
]
