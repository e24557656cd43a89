import { doNotClaim } from './facets.ts'
import { HarnessLacks } from './broken-promise.ts'
import { checkEvent } from './check-event.ts'
import type { Promised } from './promised.ts'
import type { PlatformPost } from './harness.ts'
import type { Scene } from './scene.ts'

/** Where a platform has no bounds, these are tried. */
const LONGEST_LABEL = 200
const MOST_BUTTONS = 100
const LONG_VALUE = `answer:${'v'.repeat(100)}/ä"`

/** Capabilities that change what stands in a chat: claimed is kept. */
export const parts: readonly Promised[] = [
  {
    name: 'threads, where claimed: what is written in one says so, and an answer stands there',
    because: 'an answer outside its thread leaves the conversation, and is read by others',
    claimed: ({ capabilities }) => capabilities.threads,
    async run(scene) {
      const { origin, deliver, posts, found, check } = scene
      const { threadId } = await inThread(scene)
      check(threadId !== null, 'A message in a thread came with the threadId null')
      const place = { chatId: origin.chatId, threadId }
      await deliver({ type: 'text', text: 'marker-answer' }, {}, place)
      const post = await found(() => posts('marker-answer')[0], 'The chat does not show the answer')
      check(
        post.threadId === threadId,
        `An answer for thread ${threadId} stands in thread ${post.threadId}`,
      )
      await deliver({ type: 'text', text: 'marker-outside' })
      const next = await found(() => posts('marker-outside')[0], 'The chat does not show the next')
      check(
        next.threadId === origin.threadId,
        `What was sent next, to thread ${origin.threadId}, stands in thread ${next.threadId}`,
      )
    },
  },
  {
    name: 'threads, where claimed: a message that is changed in one is changed there',
    because: 'an event without its thread goes to another conversation, with another agent',
    facets: ['edit-events'],
    claimed: ({ capabilities }) => capabilities.threads,
    async run(scene) {
      const platform = scene.need('sendInThread', 'editMessage')
      const { id, threadId } = await inThread(scene)
      await platform.editMessage(id, 'marker-changed')
      const event = await scene.event('edit')
      const is = JSON.stringify(event.threadId)
      scene.check(event.threadId === threadId, `An edit in thread ${threadId} came from ${is}`)
    },
  },
  {
    name: 'threads, where claimed: a reaction in one is put there',
    because: 'an event without its thread goes to another conversation, with another agent',
    facets: ['reaction-events'],
    claimed: ({ capabilities }) => capabilities.threads,
    async run(scene) {
      const platform = scene.need('sendInThread', 'react')
      const { id, threadId } = await inThread(scene)
      await platform.react(id, '👍', false)
      const event = await scene.event('reaction')
      const is = JSON.stringify(event.threadId)
      scene.check(event.threadId === threadId, `A reaction in thread ${threadId} came from ${is}`)
    },
  },
  {
    name: 'edits, where claimed: the message changes, and no other one comes',
    because: 'an agent mends what it said; said twice, people believe the wrong one',
    claimed: ({ capabilities }) => capabilities.edits,
    async run(scene) {
      const { platform, start, deliver, posts, until, idle, check } = scene
      await start()
      const platformMessageId = await ownMessage(scene, 'marker-before')
      const before = platform.received().length
      await deliver({ type: 'edit', platformMessageId, text: 'marker-after' })
      await until(() => posts('marker-after').length > 0, 'The chat does not show the new text')
      await idle()
      check(posts('marker-before').length === 0, 'The chat still shows the old text')
      const count = platform.received().length - before
      check(count === 0, `The edit became ${count} messages of its own`)
    },
  },
  {
    name: 'reactions, where claimed: the emoji stands on the message, and no other one comes',
    because: 'an agent that only nods must not fill the chat',
    claimed: ({ capabilities }) => capabilities.reactions,
    async run(scene) {
      const { platform, start, deliver, posts, until, idle, check } = scene
      await start()
      const platformMessageId = await ownMessage(scene, 'marker-target')
      const before = platform.received().length
      await deliver({ type: 'reaction', platformMessageId, emoji: '👍' })
      await until(
        () => shown(posts('marker-target')[0], 'reactions').includes('👍'),
        'The message does not show the reaction',
      )
      await idle()
      const count = platform.received().length - before
      check(count === 0, `The reaction became ${count} messages of its own`)
    },
  },
  {
    name: 'buttons, where claimed: as many and as long as claimed, in order and whole',
    because: 'the host falls back to numbered answers only beyond what is claimed',
    claimed: ({ capabilities }) => capabilities.buttons !== false,
    async run(scene) {
      await scene.start()
      const { labels, post } = await ask(scene)
      const seen = shown(post, 'buttons')
      scene.check(
        JSON.stringify(seen) === JSON.stringify(labels),
        `The question shows the buttons ${JSON.stringify(seen)}, not ${JSON.stringify(labels)}`,
      )
    },
  },
  {
    name: 'buttons, where claimed: a press comes back with its question and its value, as given',
    because: 'approvals go by them, and platforms cut what they carry in a button',
    claimed: ({ capabilities }) => capabilities.buttons !== false,
    async run(scene) {
      const platform = scene.need('pressButton')
      await scene.start()
      const { questionId, labels, values, post } = await ask(scene)
      await platform.pressButton(post, labels.at(-1) ?? '')
      const event = await scene.event('button')
      checkEvent(event, scene)
      const got = JSON.stringify([event.questionId, event.value])
      const wanted = JSON.stringify([questionId, values.at(-1)])
      scene.check(got === wanted, `The press came back as ${got}, and given was ${wanted}`)
      const { platformMessageId: id = event.platformMessageId } = post
      scene.check(
        event.platformMessageId === id,
        `The press is about "${event.platformMessageId}", and the question is "${id}"`,
      )
    },
  },
  {
    name: 'cards, where claimed: one message each',
    because: 'the host sends the text of a card only where cards are not claimed',
    claimed: ({ capabilities }) => capabilities.cards,
    async run({ platform, start, deliver, until, idle, check }) {
      await start()
      const before = platform.received().length
      await deliver({ type: 'card', card: { title: 'marker' }, fallbackText: 'marker' })
      await until(() => platform.received().length > before, 'The chat does not show the card')
      await idle()
      const count = platform.received().length - before
      check(count === 1, `One card became ${count} messages`)
    },
  },
  {
    name: 'typing, where claimed: it is shown, and never becomes a message',
    because: 'the host calls it every few seconds while an agent works',
    claimed: ({ capabilities }) => capabilities.typing,
    async run({ adapter, origin, start, until, idle, need, check }) {
      const platform = need('typings')
      await start()
      const [before, posts] = [platform.typings(), platform.received().length]
      await adapter.typing?.(origin)
      await until(() => platform.typings() > before, 'The platform shows nobody writing')
      await idle()
      check(platform.received().length === posts, 'typing() left a message in the chat')
    },
  },
]

async function inThread({ start, heard, found, need }: Scene) {
  const platform = need('sendInThread')
  await start()
  const id = await platform.sendInThread({ text: 'marker-inside' })
  const what = 'The adapter did not hand over what was written in a thread'
  const { threadId } = await found(() => heard('marker-inside')[0], what)
  return { id, threadId }
}

/** The id under which the adapter can change a message that it has just sent. */
export async function ownMessage(scene: Scene, text: string): Promise<string> {
  const result = await scene.say(text)
  const post = await scene.found(() => scene.posts(text)[0], 'The chat does not show the text')
  const known = result.status === 'sent' ? result.platformMessageId : undefined
  return (
    known ??
    post.platformMessageId ??
    scene.broken('deliver() answered "sent" without the id by which the message can be changed')
  )
}

async function ask(scene: Scene) {
  const { buttons } = scene.adapter.capabilities
  if (buttons === false) return scene.broken('The adapter claims no buttons any more')
  const length = Math.min(buttons.labelLength, LONGEST_LABEL)
  const max = Math.min(buttons.max, MOST_BUTTONS, 36 ** length)
  const labels = Array.from({ length: max }, (_, index) => index.toString(36).padStart(length, '0'))
  const values = labels.map((_, index) => `${index}:${LONG_VALUE}`)
  const questionId = crypto.randomUUID()
  const before = scene.platform.received().length
  await scene.deliver({
    type: 'question',
    questionId,
    title: 'marker-title',
    question: 'marker-ask?',
    buttons: labels.map((label, index) => ({ label, value: values[index] ?? '' })),
    fallbackText: 'marker-ask?',
  })
  const post = await scene.found(
    () => scene.platform.received()[before],
    'The chat does not show the question',
  )
  return { questionId, labels, values, post }
}

function shown(post: PlatformPost | undefined, what: 'buttons' | 'reactions'): readonly string[] {
  const found = post?.[what]
  if (post === undefined || found !== undefined) return found ?? []
  throw new HarnessLacks(`"${what}" in what received() gives`, doNotClaim(`capabilities.${what}`))
}
