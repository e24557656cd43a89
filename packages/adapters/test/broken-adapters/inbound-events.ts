import { changes, handsOver, type Broken } from '../support/break-adapter.ts'

const accepted = { outcome: 'accepted' } as const

/** What people do besides writing, and where and to whom they write, broken on its way to the host. */
export const brokenInboundEvents: readonly Broken[] = [
  {
    test: 'a changed message is an edit of that message, each change with a revision of its own',
    says: /Two changes came as revision 1/,
    wrap: changes((event) => (event.type === 'edit' ? { ...event, revision: '1' } : event)),
  },
  {
    test: 'a deleted message is a delete of that message',
    says: /did not hand over an event of type "delete"/,
    wrap: handsOver(async (event, handOver) =>
      event.type === 'delete' ? accepted : await handOver(event),
    ),
  },
  {
    test: 'a reaction says which, on what, and whether it was taken away',
    says: /taken away says that it was put/,
    wrap: changes((event) => (event.type === 'reaction' ? { ...event, removed: false } : event)),
  },
  {
    test: 'a reaction says which, on what, and whether it was taken away',
    says: /Put, taken away and put came as "👍" as .*"Ann:👍:false"\], "👍" as [^👍]*"Ann:👍:true"\]\./,
    wrap: changes((event) => {
      if (event.type !== 'reaction') return event
      return { ...event, revision: `Ann:${event.emoji}:${event.removed}` }
    }),
  },
  {
    test: 'a reaction to the bot’s own message is about that message, and no answer to the bot',
    says: /addressed \(a reaction in a group chat\) is "reply"; wanted is none/,
    wrap: changes((event) =>
      event.type === 'reaction' ? { ...event, addressed: 'reply' } : event,
    ),
  },
  {
    test: 'somebody who comes or goes is a membership event that says who',
    says: /says that "Ann" left/,
    wrap: changes((event) =>
      event.type === 'membership' ? { ...event, member: event.sender } : event,
    ),
  },
  {
    test: 'an answer names the message that it answers',
    says: /replyTo names undefined/,
    wrap: changes((event) => {
      if (event.type !== 'message') return event
      const { replyTo: _lost, ...rest } = event
      return rest
    }),
  },
  {
    test: 'an answer names the message that it answers',
    says: /to a person came as addressed "reply"/,
    wrap: changes((event) =>
      event.type === 'message' && event.replyTo ? { ...event, addressed: 'reply' } : event,
    ),
  },
  {
    test: 'an answer names the message that it answers',
    says: /to a person came as addressed "reply"/,
    wrap: (memory) => {
      const own = new Set<string>()
      const renamed = changes((event) => {
        const isOwn = event.type === 'message' && own.has(event.replyTo?.platformMessageId ?? '')
        return isOwn ? { ...event, addressed: 'reply' } : event
      })(memory, false)
      return {
        ...renamed,
        deliver: async (...given) => {
          const result = await memory.deliver(...given)
          if (result.status === 'sent') own.add(result.platformMessageId ?? '')
          return result
        },
      }
    },
  },
  {
    test: 'an answer to the bot’s own message speaks to the bot',
    says: /addressed "none"/,
    wrap: changes((event) => ({ ...event, addressed: 'none' })),
  },
  {
    test: 'crash: an answer to what the bot said before still speaks to the bot',
    says: /addressed "none"/,
    wrap: (memory, restarted) =>
      restarted ? changes((event) => ({ ...event, addressed: 'none' }))(memory, true) : memory,
  },
  {
    test: 'what is written to the bot alone comes from a direct chat, addressed to it',
    says: /of the kind "direct", addressed "none"/,
    wrap: changes((event) => ({ ...event, addressed: 'none' })),
  },
  {
    test: 'a message that calls the bot by name says so, and one that does not says that',
    says: /plain text in a "group" chat came as addressed "mention"/,
    wrap: changes((event) => ({ ...event, addressed: 'mention' })),
  },
  {
    test: 'threads, where claimed: what is written in one says so, and an answer stands there',
    says: /came with the threadId null|stands in thread null/,
    wrap: changes((event) => ({ ...event, threadId: null })),
  },
  {
    test: 'threads, where claimed: a message that is changed in one is changed there',
    says: /An edit in thread thread-7 came from null/,
    wrap: changes((event) => (event.type === 'edit' ? { ...event, threadId: null } : event)),
  },
  {
    test: 'threads, where claimed: a reaction in one is put there',
    says: /A reaction in thread thread-7 came from null/,
    wrap: changes((event) => (event.type === 'reaction' ? { ...event, threadId: null } : event)),
  },
  {
    test: 'buttons, where claimed: a press comes back with its question and its value, as given',
    says: /The press came back as/,
    wrap: changes((event) =>
      event.type === 'button' ? { ...event, value: event.value.slice(0, 64) } : event,
    ),
  },
]
