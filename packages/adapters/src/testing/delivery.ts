import { HOSTILE_TEXTS } from './hostile.ts'
import type { Promised } from './promised.ts'

const LONGEST_TRIED = 20_000
const MESSAGES = 20

/** What agents say, on its way to the platform. */
export const delivery: readonly Promised[] = [
  {
    name: 'deliver: what is sent stands in the chat once, in its place, under the id that it answers',
    because: 'one deliver is one row of the ledger, and edits, reactions and answers go by that id',
    async run({ origin, start, say, posts, found, quiet, check }) {
      await start()
      const result = await say('marker-one')
      const { status } = result
      check(['sent', 'queued'].includes(status), `deliver() answered ${JSON.stringify(result)}`)
      const post = await found(
        () => posts('marker-one')[0],
        `deliver() answered "${status}", and the chat does not show it`,
      )
      await quiet()
      const count = posts('marker-one').length
      check(count === 1, `One deliver() became ${count} messages`)
      const place = `${post.chatId}/${post.threadId}`
      const wanted = `${origin.chatId}/${origin.threadId}`
      check(place === wanted, `It was sent to ${place}, and wanted was ${wanted}`)
      if (result.status !== 'sent' || post.platformMessageId === undefined) return
      const [is, was] = [result.platformMessageId, post.platformMessageId]
      check(is === was, `deliver() answered the id ${JSON.stringify(is)}; the platform's is ${was}`)
    },
  },
  {
    name: 'deliver: each stands in the chat that it is for, whatever was heard last',
    because: 'said in the wrong chat it is lost for some and known to others',
    facets: ['elsewhere'],
    async run({ origin, platform, start, hear, heard, deliver, posts, found, need, check }) {
      await start()
      const send =
        platform.sendElsewhere ?? platform.sendDirect ?? need('sendElsewhere').sendElsewhere
      await hear('marker-here')
      await send({ text: 'marker-there' })
      const { chatId, threadId } = await found(
        () => heard('marker-there')[0],
        'The adapter did not hand over what was written in another chat',
      )
      check(chatId !== origin.chatId, `Two chats came under one chatId, "${chatId}"`)
      const there = { chatId, threadId }
      for (const [index, place] of [origin, there, origin].entries()) {
        const text = `marker-answer-${index}`
        await deliver({ type: 'text', text }, {}, place)
        const post = await found(() => posts(text)[0], 'No chat shows what was sent')
        check(
          post.chatId === place.chatId,
          `What was sent to "${place.chatId}" stands in "${post.chatId}"`,
        )
      }
    },
  },
  {
    name: '[L14] deliver: what is sent one after the other stands in that order',
    because: 'the host waits for each before it sends the next, so that a story keeps its order',
    async run({ start, say, posts, until, check }) {
      await start()
      const texts = Array.from({ length: MESSAGES }, (_, index) => `marker-order-${index}.`)
      for (const text of texts) await say(text)
      await until(
        () => posts('marker-order').length >= texts.length,
        `The chat does not show all of ${MESSAGES} messages`,
      )
      const seen = posts('marker-order').map((post) =>
        texts.findIndex((text) => post.text.includes(text)),
      )
      const wanted = texts.map((_, index) => index)
      check(String(seen) === String(wanted), `The chat shows them in the order ${seen.join()}`)
    },
  },
  {
    name: 'deliver: the longest text that it claims to take is one message, and whole',
    because: 'only the host splits: each part needs a row and a key of its own',
    async run({ adapter, start, say, posts, until, idle, check }) {
      await start()
      const length = Math.min(adapter.capabilities.textLength, LONGEST_TRIED)
      const text = 'marker-long'.padEnd(length - 'end'.length, '.') + 'end'
      await say(text)
      await until(
        () => posts('marker-long').length > 0,
        `The chat does not show a text of ${length} characters, which textLength claims`,
      )
      await idle()
      const [post, ...more] = posts('marker-long')
      check(more.length === 0, `The adapter made ${more.length + 1} messages of one text`)
      check(post?.text.includes('.end') === true, `The adapter cut a text of ${length} characters`)
    },
  },
  {
    name: '[X7] deliver: hostile texts are shown as content, one message each',
    because: 'whoever makes an agent repeat such a text would otherwise stop the chat',
    async run({ adapter, start, say, platform, until, check, broken }) {
      await start()
      for (const [index, text] of HOSTILE_TEXTS.entries()) {
        const before = platform.received().length
        const cut = `marker-${index}: ${text}`.slice(0, adapter.capabilities.textLength)
        const shown = JSON.stringify(text.slice(0, 60))
        await say(cut).catch((error: unknown) =>
          broken(`deliver() threw ${String(error)} for ${shown}`, error),
        )
        await until(
          () => platform.received().length > before,
          `The chat does not show a text with ${shown}`,
        )
        const posts = platform.received().slice(before)
        check(posts.length === 1, `A text with ${shown} became ${posts.length} messages`)
        const words = posts[0]?.text.includes(`marker-${index}`) === true
        check(words, `A text with ${shown} lost its words`)
      }
    },
  },
  {
    name: 'deliver: two sends with different keys are two messages, however alike',
    because: 'an agent may say the same twice, and the key is what tells a repetition from a retry',
    async run({ start, say, posts, until }) {
      await start()
      await say('marker-same')
      await say('marker-same')
      await until(
        () => posts('marker-same').length === 2,
        'Two sends with keys of their own did not become two messages',
      )
    },
  },
  {
    name: 'deliver: with a signal aborted before, it throws RetryableDeliveryError and sends nothing',
    because: 'a host that gave up waiting has already planned the next try',
    async run({ start, say, posts, throws, idle, check }) {
      await start()
      await throws(say('marker-aborted', { signal: AbortSignal.abort() }), 'retryable')
      await idle()
      check(posts('marker-aborted').length === 0, 'The adapter sent what had been given up')
    },
  },
  {
    name: 'deliver: a part that capabilities do not claim throws TerminalDeliveryError',
    because: 'the host then tells the agent; dropped in silence, nobody ever learns of it',
    async run({ adapter, start, deliver, throws }) {
      await start()
      const can = adapter.capabilities
      const file = { type: 'file', name: 'a.txt', mime: 'text/plain', open: emptyFile } as const
      const words = { title: 'x', question: 'x', fallbackText: 'x' }
      const question = { type: 'question', questionId: 'q', buttons: [], ...words } as const
      const card = { type: 'card', card: {}, fallbackText: 'x' } as const
      const edit = { type: 'edit', platformMessageId: 'x', text: 'x' } as const
      const reaction = { type: 'reaction', platformMessageId: 'x', emoji: '👍' } as const
      if (!can.edits) await throws(deliver(edit), 'terminal')
      if (!can.reactions) await throws(deliver(reaction), 'terminal')
      if (!can.cards) await throws(deliver(card), 'terminal')
      if (can.files === false) await throws(deliver(file), 'terminal')
      if (can.buttons === false) await throws(deliver(question), 'terminal')
    },
  },
]

async function* emptyFile(): AsyncIterable<Uint8Array> {}
