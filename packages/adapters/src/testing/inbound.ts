import { strict as assert } from 'node:assert'
import { HOSTILE_NAMES, HOSTILE_TEXTS } from './hostile.ts'
import { checkEvent } from './check-event.ts'
import type { Promised } from './promised.ts'

/** What people write, on its way to the host. */
export const inbound: readonly Promised[] = [
  {
    name: 'a message is handed over with everything the contract lists',
    async run({ adapter, origin, host, platform, start, until }) {
      await start()
      await platform.sendMessage({ text: 'marker-shape' })
      await until(() => host.events.length === 1, 'the message was not handed over')
      const [event] = host.events
      assert.ok(event !== undefined)
      checkEvent(event, adapter.instance)
      assert.equal(event.type, 'message', `a new message came as "${event.type}"`)
      assert.ok(event.type === 'message' && event.text.includes('marker-shape'), 'its text changed')
      assert.equal(event.chatId, origin.chatId, 'chatId is not the chat it was written in')
      assert.equal(event.sender.isSelf, false, 'a person came as the bot itself')
    },
  },
  {
    name: '[L3] a message is confirmed only after handOver has resolved',
    facet: 'confirmation',
    async run({ host, platform, start, until, idle, need }) {
      const confirmed = need('confirmed', 'confirmation').bind(platform)
      let release = (): void => {}
      host.answer = () =>
        new Promise((resolve) => {
          release = () => resolve({ outcome: 'accepted' })
        })
      await start()
      const id = await platform.sendMessage({ text: 'durable first' })
      await until(() => host.events.length === 1, 'the message was not handed over')
      await idle()
      const early = confirmed().includes(id)
      release()
      assert.equal(
        early,
        false,
        'the adapter confirmed the message while handOver() was running; a crash in this moment loses it, because the platform will not send it again',
      )
      await until(
        () => confirmed().includes(id),
        'the adapter did not confirm an accepted message; the platform sends it again for ever',
      )
    },
  },
  {
    name: 'a rejected message and a duplicate are confirmed, too',
    facet: 'confirmation',
    async run({ host, platform, start, until, need }) {
      const confirmed = need('confirmed', 'confirmation').bind(platform)
      await start()
      host.answer = async () => ({ outcome: 'rejected', reason: 'nobody wants it' })
      const rejected = await platform.sendMessage({ text: 'rejected' })
      await until(
        () => confirmed().includes(rejected),
        'the adapter did not confirm a rejected message; rejected is final, the platform would send it for ever',
      )
      host.answer = async () => ({ outcome: 'duplicate' })
      const duplicate = await platform.sendMessage({ text: 'duplicate' })
      await until(
        () => confirmed().includes(duplicate),
        'the adapter did not confirm a duplicate; its row is durable, the platform would send it for ever',
      )
    },
  },
  {
    name: '[L3] a message whose handOver threw is not confirmed',
    facet: 'confirmation',
    async run({ host, platform, start, until, idle, need }) {
      const confirmed = need('confirmed', 'confirmation').bind(platform)
      host.answer = async () => Promise.reject(new Error('the disk is full'))
      await start()
      const id = await platform.sendMessage({ text: 'not durable' })
      await until(() => host.settled > 0, 'the message was not handed over')
      await idle()
      assert.ok(
        !confirmed().includes(id),
        'the adapter confirmed a message although handOver() threw; it is durable nowhere and now lost',
      )
    },
  },
  {
    name: '[L4] a message that the platform sends again is the same event again',
    facet: 'redelivery',
    async run({ host, platform, start, until, need }) {
      const redeliver = need('redeliver', 'redelivery').bind(platform)
      host.answer = async () => Promise.reject(new Error('the disk is full'))
      await start()
      await platform.sendMessage({ text: 'twice' })
      await until(() => host.settled > 0, 'the message was not handed over')
      const before = host.events.length
      host.answer = async () => ({ outcome: 'accepted' })
      await redeliver()
      await until(
        () => host.events.length > before,
        'the adapter did not hand a redelivered message over, which the host has never stored; it is lost',
      )
      const [first] = host.events
      const last = host.events.at(-1)
      assert.deepEqual(
        [last?.type, last?.chatId, last?.platformMessageId, last?.revision],
        [first?.type, first?.chatId, first?.platformMessageId, first?.revision],
        'one message came under two names; the host knows a duplicate by type, chat, id and revision, and would answer twice',
      )
    },
  },
  {
    name: 'two messages are two events with different names, however alike',
    async run({ host, platform, start, until }) {
      await start()
      await platform.sendMessage({ text: 'same' })
      await platform.sendMessage({ text: 'same' })
      await until(() => host.events.length === 2, 'one of two messages was not handed over')
      const [one, two] = host.events
      assert.notEqual(
        one?.platformMessageId,
        two?.platformMessageId,
        'two messages came under one id; the host takes the second for a duplicate and drops it',
      )
    },
  },
  {
    name: 'messages of a chat are handed over in order, each after the one before was taken',
    async run({ host, platform, start, until }) {
      const running = { now: 0, most: 0 }
      host.answer = async () => {
        running.now += 1
        running.most = Math.max(running.most, running.now)
        await new Promise((resolve) => setImmediate(resolve))
        running.now -= 1
        return { outcome: 'accepted' }
      }
      await start()
      const texts = Array.from({ length: 20 }, (_, index) => `marker-${index}-end`)
      for (const text of texts) await platform.sendMessage({ text })
      await until(() => host.settled === texts.length, 'not all of 20 messages were handed over')
      assert.equal(
        running.most,
        1,
        `${running.most} hand-overs of one chat ran at the same time; while the host is slow the adapter waits, or order is left to chance`,
      )
      host.events.forEach((event, index) => {
        const text = event.type === 'message' ? event.text : event.type
        assert.ok(
          text.includes(texts[index] ?? '?'),
          `place ${index} of the chat was taken by "${text}"; a person's second sentence came before the first`,
        )
      })
    },
  },
  {
    name: '[L4] one message that cannot be handed over does not cost the next ones',
    facet: 'redelivery',
    async run({ host, platform, start, until, need }) {
      const redeliver = need('redeliver', 'redelivery').bind(platform)
      const stored: string[] = []
      let failures = 1
      host.answer = async (event) => {
        if (failures-- > 0) throw new Error('busy')
        if (event.type === 'message') stored.push(event.text)
        return { outcome: 'accepted' }
      }
      await start()
      await platform.sendMessage({ text: 'marker-a' })
      await until(() => host.settled > 0, 'the message was not handed over')
      await platform.sendMessage({ text: 'marker-b' })
      await redeliver()
      await until(
        () => ['marker-a', 'marker-b'].every((one) => stored.some((text) => text.includes(one))),
        'after one failed hand-over a message is missing; one busy moment of the host must cost nobody a message',
      )
    },
  },
  {
    name: 'own messages are never handed over as somebody else’s',
    facet: 'echo',
    async run({ host, platform, start, say, until, posts, idle, need }) {
      assert.equal(
        need('echoes', 'echo'),
        true,
        'the harness says that its platform echoes nothing; set it up to, or leave it out',
      )
      await start()
      await say('marker-echo')
      await until(() => posts('marker-echo').length === 1, 'the text was not delivered')
      await platform.sendMessage({ text: 'marker-person' })
      await until(() => host.events.length > 0, 'after an own message nothing is handed over')
      await idle()
      const own = host.events.filter(
        (event) => event.type === 'message' && event.text.includes('marker-echo'),
      )
      assert.equal(
        own.length,
        0,
        'the adapter handed the bot its own message; the agent would answer itself for ever',
      )
    },
  },
  {
    name: '[X7] hostile texts and names come through as content, one event each',
    async run({ adapter, host, platform, start, until }) {
      await start()
      for (const [index, text] of HOSTILE_TEXTS.entries()) {
        const senderName = HOSTILE_NAMES[index % HOSTILE_NAMES.length] ?? ''
        await platform.sendMessage({ text: `marker-${index} ${text}`, senderName })
        await until(
          () => host.events.length > index,
          `a message with ${JSON.stringify(text.slice(0, 60))} was not handed over; whoever writes it stops the channel`,
        )
      }
      assert.equal(host.events.length, HOSTILE_TEXTS.length, 'a text became more than one event')
      host.events.forEach((event, index) => {
        checkEvent(event, adapter.instance)
        assert.ok(
          event.type === 'message' && event.text.includes(`marker-${index}`),
          `text ${index} changed what kind of event it is, or lost its words`,
        )
      })
    },
  },
]
