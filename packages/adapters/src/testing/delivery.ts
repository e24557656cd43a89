import { strict as assert } from 'node:assert'
import { HOSTILE_TEXTS } from './hostile.ts'
import type { Promised } from './promised.ts'

const LONGEST_TRIED = 20_000

/** What agents say, on its way to the platform. */
export const delivery: readonly Promised[] = [
  {
    name: 'deliver: after "sent" it stands in the chat, once, in the right place',
    async run({ origin, start, say, posts, until }) {
      await start()
      const result = await say('marker-one')
      assert.ok(
        ['sent', 'queued'].includes(result.status),
        `deliver() answered ${JSON.stringify(result)}; promised is sent or queued`,
      )
      if (result.status === 'queued')
        await until(() => posts('marker-one').length > 0, 'a queued message never came')
      const found = posts('marker-one')
      assert.equal(
        found.length,
        1,
        `deliver() answered sent, and the chat shows it ${found.length} times; one deliver is one message`,
      )
      assert.equal(found[0]?.chatId, origin.chatId, 'it was sent to another chat')
      if (result.status === 'sent' && found[0]?.platformMessageId !== undefined) {
        assert.equal(
          result.platformMessageId,
          found[0].platformMessageId,
          'the id in the result is not the platform’s: edits and reactions of it will miss',
        )
      }
    },
  },
  {
    name: '[L14] deliver: one after the other, they stand in that order',
    async run({ start, say, posts, until }) {
      await start()
      const texts = Array.from({ length: 20 }, (_, index) => `marker-order-${index}.`)
      for (const text of texts) await say(text)
      await until(
        () => posts('marker-order').length === texts.length,
        'not all of 20 messages came',
      )
      const order = posts('marker-order').map((post) =>
        texts.findIndex((text) => post.text.includes(text)),
      )
      assert.deepEqual(
        order,
        [...texts.keys()],
        'the chat shows them in another order than deliver() was awaited in',
      )
    },
  },
  {
    name: 'deliver: the longest text it claims to take is one message',
    async run({ adapter, start, say, posts, until }) {
      await start()
      const { textLength } = adapter.capabilities
      const marker = 'marker-long'
      await say(marker.padEnd(Math.min(textLength, LONGEST_TRIED), '.'))
      await until(
        () => posts(marker).length > 0,
        `a text of the length that capabilities.textLength (${textLength}) claims was not shown`,
      )
      assert.equal(
        posts(marker).length,
        1,
        'the adapter split a text; only the host splits, since each part needs a row and a key of its own',
      )
    },
  },
  {
    name: '[X7] deliver: hostile texts are shown as content, one message each',
    async run({ adapter, start, say, platform, until }) {
      await start()
      for (const [index, text] of HOSTILE_TEXTS.entries()) {
        const before = platform.received().length
        await say(`marker-${index}: ${text}`.slice(0, adapter.capabilities.textLength)).catch(
          (error: unknown) =>
            assert.fail(
              `deliver() threw ${String(error)} for ${JSON.stringify(text.slice(0, 60))}; whoever makes an agent repeat that stops the chat`,
            ),
        )
        await until(() => platform.received().length > before, `text ${index} was not shown`)
        const shown = platform.received().slice(before)
        assert.equal(shown.length, 1, `text ${index} became ${shown.length} messages`)
        assert.ok(shown[0]?.text.includes(`marker-${index}`), `text ${index} lost its words`)
      }
    },
  },
  {
    name: 'deliver: an aborted signal means that nothing is sent',
    async run({ start, say, posts, meaning, idle }) {
      await start()
      const why = 'promised is RetryableDeliveryError: nothing had left'
      const signal = AbortSignal.abort()
      assert.equal(await meaning(say('marker-aborted', { signal }), why), 'retryable', why)
      await idle()
      assert.deepEqual(
        posts('marker-aborted'),
        [],
        'it was sent although its signal was aborted before; a host that gave up sends it again elsewhere',
      )
    },
  },
  {
    name: 'deliver: what capabilities do not claim is refused for good, never dropped in silence',
    async run({ adapter, start, deliver, meaning }) {
      await start()
      const can = adapter.capabilities
      const file = { type: 'file', name: 'a.txt', mime: 'text/plain', open: emptyFile } as const
      const tries = [
        [can.edits, { type: 'edit', platformMessageId: 'x', text: 'x' }],
        [can.reactions, { type: 'reaction', platformMessageId: 'x', emoji: '👍' }],
        [can.cards, { type: 'card', card: {}, fallbackText: 'x' }],
        [can.files !== false, file],
        [
          can.buttons !== false,
          {
            type: 'question',
            questionId: 'q',
            title: 'x',
            question: 'x',
            buttons: [],
            fallbackText: 'x',
          },
        ],
      ] as const
      for (const [claimed, part] of tries) {
        if (claimed) continue
        const why = `promised for a "${part.type}" that capabilities do not claim is TerminalDeliveryError: the host then falls back to text, or tells the agent`
        assert.equal(await meaning(deliver(part), why), 'terminal', why)
      }
    },
  },
  {
    name: 'deliver: what capabilities claim is taken',
    async run({ adapter, start, say, deliver }) {
      await start()
      const can = adapter.capabilities
      const first = await say('marker-target')
      const id = first.status === 'sent' ? first.platformMessageId : undefined
      const buttons = [{ label: 'Yes', value: 'yes' }]
      const taken = async (part: Parameters<typeof deliver>[0]): Promise<void> => {
        await deliver(part).catch((error: unknown) =>
          assert.fail(
            `deliver() threw ${String(error)} for a "${part.type}", which capabilities claim`,
          ),
        )
      }
      if (can.reactions && id !== undefined)
        await taken({ type: 'reaction', platformMessageId: id, emoji: '👍' })
      if (can.edits && id !== undefined)
        await taken({ type: 'edit', platformMessageId: id, text: 'changed' })
      if (can.cards) await taken({ type: 'card', card: { title: 'x' }, fallbackText: 'x' })
      if (can.buttons !== false)
        await taken({
          type: 'question',
          questionId: 'q',
          title: 'x',
          question: 'x',
          buttons,
          fallbackText: '1. Yes',
        })
      if (can.files !== false)
        await taken({ type: 'file', name: 'a.txt', mime: 'text/plain', size: 1, open: oneByte })
    },
  },
  {
    name: 'deliver: a thread is honoured where threads are claimed',
    async run({ adapter, origin, start, posts, until }) {
      await start()
      if (!adapter.capabilities.threads) return
      const place = { chatId: origin.chatId, threadId: origin.threadId ?? 'thread-1' }
      const options = {
        key: 'thread',
        signal: new AbortController().signal,
        author: { id: 'a', name: 'ada' },
      }
      await adapter.deliver(place, { type: 'text', text: 'marker-thread' }, options)
      await until(() => posts('marker-thread').length === 1, 'a text for a thread was not shown')
      assert.equal(
        posts('marker-thread')[0]?.threadId,
        place.threadId,
        'it stands outside its thread; answers leave the conversation',
      )
    },
  },
]

async function* emptyFile(): AsyncIterable<Uint8Array> {}

async function* oneByte(): AsyncIterable<Uint8Array> {
  yield new Uint8Array([65])
}
