import type { InboundEvent } from '../contract/events.ts'
import { checkEvent } from './check-event.ts'
import type { PlatformPost } from './harness.ts'
import { nameOf, shownNames } from './names.ts'
import type { Promised } from './promised.ts'
import type { Scene } from './scene.ts'

/** What people do besides writing a message. */
export const inboundEvents: readonly Promised[] = [
  {
    name: 'a changed message is an edit of that message, each change with a revision of its own',
    because: 'the agent answers what the person meant, and the host drops a revision it has seen',
    facets: ['edit-events'],
    async run(scene) {
      const { host, start, hear, event, until, need, check } = scene
      const platform = need('editMessage')
      await start()
      const id = await platform.sendMessage({ text: 'marker-befor' })
      const message = await event('message')
      await platform.editMessage(id, 'marker-before')
      const first = await event('edit')
      checkEvent(first, scene)
      about(scene, first, message)
      check(first.text.includes('marker-before'), `The edit's text is "${first.text}"`)
      await platform.editMessage(id, 'marker-after')
      const edits = () => host.events.filter(({ type }) => type === 'edit')
      await until(() => edits().length === 2, 'The adapter did not hand a second edit over')
      const revisions = new Set(edits().map(({ revision }) => revision))
      check(revisions.size === 2, `Two changes came as revision ${[...revisions].join()}`)
      await hear('marker-next')
    },
  },
  {
    name: 'a deleted message is a delete of that message',
    because: 'what a person took back must not be answered, nor be kept longer than they think',
    facets: ['delete-events'],
    async run(scene) {
      const platform = scene.need('deleteMessage')
      await scene.start()
      const id = await platform.sendMessage({ text: 'marker-delete' })
      const message = await scene.event('message')
      await platform.deleteMessage(id)
      const event = await scene.event('delete')
      checkEvent(event, scene)
      about(scene, event, message)
    },
  },
  {
    name: 'a reaction says which, on what, and whether it was taken away',
    because: 'people approve with a reaction, and take it back',
    facets: ['reaction-events'],
    async run(scene) {
      const { host, start, event, until, need, check } = scene
      const platform = need('react')
      await start()
      const id = await platform.sendMessage({ text: 'marker-react' })
      const message = await event('message')
      await platform.react(id, '👍', false)
      const put = await event('reaction')
      checkEvent(put, scene)
      about(scene, put, message)
      check(put.emoji === '👍', `The reaction's emoji is "${put.emoji}", and 👍 was put`)
      check(!put.removed, 'The reaction says that it was taken away, and it was put')
      await platform.react(id, '👍', true)
      const all = () => host.events.filter((one) => one.type === 'reaction')
      await until(() => all().length === 2, 'The adapter did not tell that it was taken away')
      const [, taken] = all()
      check(taken?.removed === true, 'The reaction that was taken away says that it was put')
      await platform.react(id, '👍', false)
      await until(() => all().length === 3, 'The adapter did not tell that it was put once more')
      const names = new Set(all().map(nameOf))
      check(names.size === 3, `Put, taken away and put came as ${shownNames(all())}`)
    },
  },
  {
    name: 'a reaction to the bot’s own message is about that message, and no answer to the bot',
    because: 'a thumb under every answer would make an agent speak that listens to answers only',
    facets: ['reaction-events'],
    async run(scene) {
      const platform = scene.need('react')
      await scene.start()
      const own = await scene.post('marker-own')
      await platform.react(own, '👍', false)
      const put = await scene.event('reaction')
      checkEvent(put, scene)
      const [is, was] = [put.platformMessageId, own.platformMessageId ?? put.platformMessageId]
      scene.check(is === was, `The reaction is about "${is}"; the bot's message is "${was}"`)
    },
  },
  {
    name: 'somebody who comes or goes is a membership event that says who',
    because: 'who may hear an agent decides what it may say there',
    facets: ['membership-events'],
    async run(scene) {
      const { start, event, need, check } = scene
      const platform = need('changeMembership')
      await start()
      await platform.changeMembership('left', 'Bea')
      const left = await event('membership')
      checkEvent(left, scene)
      check(left.change === 'left', `The event's change is "${left.change}", and somebody left`)
      const { member } = left
      check(member.id !== '' && !member.isSelf, 'The event does not say who left')
      check(member.name.includes('Bea'), `The event says that "${member.name}" left, not Bea`)
    },
  },
  {
    name: 'an answer names the message that it answers',
    because: 'without it "yes" means nothing, and in a group nobody knows who is spoken to',
    facets: ['replies'],
    async run({ adapter, start, deliver, event, heard, found, need, check }) {
      const platform = need('sendReply')
      await start()
      const id = await platform.sendMessage({ text: 'marker-question' })
      const question = await event('message')
      const { platformMessageId } = question
      // What the bot puts on a message does not make that message the bot's.
      if (adapter.capabilities.reactions) {
        await deliver({ type: 'reaction', platformMessageId, emoji: '👍' })
      }
      await platform.sendReply({ text: 'marker-yes' }, id)
      const { replyTo, addressed } = await found(
        () => heard('marker-yes')[0],
        'The adapter did not hand the answer over',
      )
      const named = replyTo?.platformMessageId
      check(
        named === platformMessageId,
        `The answer's replyTo names ${JSON.stringify(named)}, not ${platformMessageId}`,
      )
      check(addressed !== 'reply', 'An answer to a person came as addressed "reply", to the bot')
    },
  },
  {
    name: 'an answer to the bot’s own message speaks to the bot',
    because: 'in a group an agent may listen only to what is said to it',
    facets: ['replies'],
    async run(scene) {
      await scene.start()
      await answer(scene, await scene.post('marker-own'))
    },
  },
  {
    name: 'crash: an answer to what the bot said before still speaks to the bot',
    because: 'people answer after hours, and every update of the host is a restart',
    facets: ['replies', 'crash'],
    async run(scene) {
      scene.need('restart')
      await scene.start()
      const own = await scene.post('marker-own')
      await scene.hear('marker-meanwhile')
      scene.die()
      await scene.rise()
      await answer(scene, own)
    },
  },
  {
    name: 'what is written to the bot alone comes from a direct chat, addressed to it',
    because: 'in a direct chat an agent answers everything, and pairing takes place there',
    facets: ['direct'],
    async run({ start, hear, heard, found, need, check }) {
      await start()
      const plain = await hear('marker-plain')
      const alone = plain.chatKind === 'direct' ? plain : await whisper()
      const { chatKind, addressed } = alone
      const is = `in a chat of the kind "${chatKind}", addressed "${addressed}"`
      check(
        chatKind === 'direct' && addressed === 'direct',
        `What was written to the bot came ${is}`,
      )

      async function whisper() {
        await need('sendDirect').sendDirect({ text: 'marker-alone' })
        return await found(() => heard('marker-alone')[0], 'The adapter did not hand it over')
      }
    },
  },
  {
    name: 'a message that calls the bot by name says so, and one that does not says that',
    because: 'in a group an agent may listen only to what is said to it',
    facets: ['mentions'],
    async run({ start, hear, heard, found, need, check }) {
      const platform = need('sendMention')
      await start()
      const plain = await hear('marker-plain')
      await platform.sendMention({ text: 'marker-hello' })
      const called = await found(() => heard('marker-hello')[0], 'The adapter did not hand it over')
      const direct = called.chatKind === 'direct'
      check(
        called.addressed === 'mention' || (direct && called.addressed === 'direct'),
        `A mention in a "${called.chatKind}" chat came as addressed "${called.addressed}"`,
      )
      check(
        plain.addressed === (direct ? 'direct' : 'none'),
        `A plain text in a "${plain.chatKind}" chat came as addressed "${plain.addressed}"`,
      )
    },
  },
]

async function answer({ heard, found, need, check }: Scene, own: PlatformPost): Promise<void> {
  await need('sendReply').sendReply({ text: 'marker-back' }, own)
  const { chatKind, addressed } = await found(
    () => heard('marker-back')[0],
    'The adapter did not hand the answer over',
  )
  const wanted = chatKind === 'direct' ? ['direct', 'reply'] : ['reply', 'mention']
  check(
    wanted.includes(addressed),
    `An answer to the bot in a "${chatKind}" chat came as addressed "${addressed}"`,
  )
}

function about({ check }: Scene, event: InboundEvent, message: InboundEvent): void {
  const [is, was] = [event.platformMessageId, message.platformMessageId]
  check(is === was, `The ${event.type} is about "${is}"; the message came as "${was}"`)
}
