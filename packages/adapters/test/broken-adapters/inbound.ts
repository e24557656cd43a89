import { setTimeout as wait } from 'node:timers/promises'
import type { InboundEvent } from '../../src/index.ts'
import { changes, handsOver, withContext, type Broken } from '../support/break-adapter.ts'
import { altered, SECRET, type Wrap } from '../support/memory-harness.ts'

const accepted = { outcome: 'accepted' } as const

const confirmsEarly = handsOver(async (event, handOver) => {
  handOver(event).catch(() => undefined)
  return accepted
})

const confirmsFailures = handsOver((event, handOver) => handOver(event).catch(() => accepted))

/** What was written before it started is dropped. */
const beginsNow = (only: 'restarted' | 'always'): Wrap => {
  return (memory, restarted) => {
    if (only === 'restarted' && !restarted) return memory
    const old = new Set<string>()
    return altered(memory, {
      start: (ctx) => {
        for (const id of memory.unconfirmed) old.add(id)
        const handOver = async (event: InboundEvent) =>
          old.has(event.platformMessageId) ? accepted : await ctx.handOver(event)
        return memory.start({ ...ctx, handOver })
      },
    })
  }
}

/** What people do, broken on its way to the host. */
export const brokenInbound: readonly Broken[] = [
  {
    test: 'a message is handed over with everything that the contract lists',
    says: /instance is "other"/,
    wrap: changes((event) => ({ ...event, instance: 'other' })),
  },
  {
    test: '[L3] a message is confirmed only after handOver has resolved',
    says: /confirmed the message while/,
    wrap: confirmsEarly,
  },
  {
    test: 'a message that the host rejects, or knows already, is confirmed',
    says: /did not confirm a rejected/,
    wrap: handsOver(async (event, handOver) => {
      const result = await handOver(event)
      if (result.outcome === 'rejected') throw new Error(result.reason)
      return result
    }),
  },
  {
    test: '[L3] a message whose handOver threw is not confirmed',
    says: /although handOver\(\) threw/,
    wrap: confirmsFailures,
  },
  {
    test: '[L4] a message that the platform sends again until it is confirmed is the same event',
    says: /under 2 names/,
    wrap: changes((event) => ({ ...event, platformMessageId: crypto.randomUUID() })),
  },
  {
    test: '[L4] one message that cannot be handed over does not cost the next ones',
    says: /did not hand every message over/,
    wrap: (memory) => {
      let failed = false
      return handsOver((event, handOver) => {
        if (failed) return Promise.resolve(accepted)
        return handOver(event).catch((error: unknown) => {
          failed = true
          throw error
        })
      })(memory, false)
    },
  },
  {
    test: 'own messages are never handed over as somebody’s',
    says: /what the bot itself did: "marker-echo"/,
    wrap: (memory) =>
      altered(memory, {
        deliver: async (origin, part, options) => {
          if (part.type === 'text') await memory.receive({ text: part.text })
          return await memory.deliver(origin, part, options)
        },
      }),
  },
  {
    test: 'own messages are never handed over as somebody’s',
    says: /what the bot itself did: "👍"/,
    wrap: (memory) =>
      altered(memory, {
        deliver: async (origin, part, options) => {
          if (part.type === 'reaction') await memory.receive(part)
          return await memory.deliver(origin, part, options)
        },
      }),
  },
  {
    test: 'a host that cannot take a message is asked again after pauses, not in a storm',
    says: /called handOver\(\) \d{2,} times/,
    wrap: handsOver(async (event, handOver) => {
      for (;;) {
        const result = await handOver(event).catch(() => undefined)
        if (result !== undefined) return result
      }
    }),
  },
  {
    test: 'a message that the host cannot take many times over is never given up',
    says: /After 3 hand-overs that failed the adapter handed the message over no more/,
    wrap: (memory) => {
      let failures = 0
      return handsOver((event, handOver) =>
        handOver(event).catch((error: unknown) => {
          failures += 1
          if (failures < 3) throw error
          return accepted
        }),
      )(memory, false)
    },
  },
  {
    test: 'an update that cannot be read does not stop those behind it',
    says: /logged marker-unreadable, in the line "cannot be read" \(warn\)/,
    wrap: (memory) =>
      withContext(memory, (ctx) => ({
        handOver: async (event) => {
          if (event.platformMessageId === 'unreadable') ctx.logger.warn({ event }, 'cannot be read')
          return await ctx.handOver(event)
        },
      })),
  },
  {
    test: 'an update that cannot be read does not stop those behind it',
    says: /did not hand over the message "marker-behind"/,
    wrap: handsOver(async (event, handOver) => {
      if (event.platformMessageId === 'unreadable') throw new Error('unreadable')
      return await handOver(event)
    }),
  },
  {
    test: 'what another bot writes comes from a bot',
    says: /with sender.isBot false/,
    wrap: changes((event) => ({ ...event, sender: { ...event.sender, isBot: false } })),
  },
  {
    test: 'log: no text of a message and no token stands in it, at any level',
    says: /logged marker-private, in the line "the host is busy" \(warn\)/,
    wrap: (memory) =>
      withContext(memory, (ctx) => ({
        handOver: async (event) => {
          try {
            return await ctx.handOver(event)
          } catch (error) {
            ctx.logger.warn({ error, event }, 'the host is busy')
            throw error
          }
        },
      })),
  },
  {
    test: 'log: no text of a message and no token stands in it, at any level',
    says: /logged a secret, in the line "asks"/,
    wrap: (memory) =>
      withContext(memory, (ctx) => {
        ctx.logger.debug({ headers: { authorization: `Bearer ${SECRET}` } }, 'asks')
        return {}
      }),
  },
  {
    test: '[X7] hostile texts and names come through as content, one event each',
    says: /did not hand over a message with "<\/message>/,
    wrap: handsOver(async (event, handOver) =>
      event.type === 'message' && event.text.includes('<') ? accepted : await handOver(event),
    ),
  },
  {
    test: 'two messages are two events with different names, however alike',
    says: /Two messages came under one name/,
    wrap: changes((event) => ({
      ...event,
      platformMessageId: event.type === 'message' ? event.text : 'other',
    })),
  },
  {
    test: 'messages of a chat are handed over in order, each after the one before was taken',
    says: /\d+ hand-overs of one chat at the same time/,
    wrap: confirmsEarly,
  },
  {
    test: 'a slow host makes the adapter wait: nothing is lost, doubled or out of order',
    says: /at the same time|did not hand over all|in the order/,
    wrap: handsOver(async (event, handOver) => {
      const given = handOver(event)
      const late = wait(10).then(() => Promise.reject(new Error('the host is slow')))
      return await Promise.race([given, late])
    }),
  },
  {
    test: '[L4] an update that the platform repeats after it was confirmed keeps its name',
    says: /Three messages came under 4 names/,
    wrap: (memory) => {
      const seen = new Set<string>()
      return changes((event) => {
        const { platformMessageId: id } = event
        const again = seen.has(id)
        seen.add(id)
        return again ? { ...event, platformMessageId: `${id}-again` } : event
      })(memory, false)
    },
  },
  {
    test: 'updates that come in another order than they were written are all handed over, once',
    says: /did not hand "marker-one." over/,
    wrap: (memory) => {
      let highest = 0
      return handsOver(async (event, handOver) => {
        const number = Number(event.platformMessageId.replace('in-', ''))
        if (number < highest) return accepted
        highest = number
        return await handOver(event)
      })(memory, false)
    },
  },
  {
    test: '[L3] crash between hand-over and confirmation: the next process hands it over again, under the same name',
    says: /did not hand over what the one before had not confirmed/,
    wrap: confirmsEarly,
  },
  {
    test: 'crash between writing the place down and confirming: what is known already is confirmed',
    says: /did not confirm what the one before had handed over/,
    wrap: (memory) =>
      withContext(memory, (ctx) => ({
        handOver: async (event) => {
          const { platformMessageId: id } = event
          if ((await ctx.state.get(id)) !== undefined) throw new Error('known already')
          const result = await ctx.handOver(event)
          await ctx.state.set(id, 'taken')
          return result
        },
      })),
  },
  {
    test: 'crash: what people write while nobody runs is handed over by the next process',
    says: /did not hand over what was written before it started/,
    wrap: beginsNow('restarted'),
  },
  {
    test: 'stop: what people write meanwhile is handed over after the next start',
    says: /did not hand over what was written while it was stopped/,
    wrap: beginsNow('always'),
  },
  {
    test: 'crash: what was confirmed before is not handed over again',
    says: /handed over what had been confirmed/,
    wrap: (memory, restarted) =>
      altered(memory, {
        start: async (ctx) => {
          await memory.start(ctx)
          if (!restarted) return
          const old = memory.history?.('chat', '1970-01-01T00:00:00.000Z') ?? []
          for await (const event of old) await ctx.handOver(event)
        },
      }),
  },
  {
    test: 'crash: an update that the platform repeats after it keeps its name',
    says: /came under \d names: .*"marker-first" as \[.*1-restarted/,
    wrap: (memory, restarted) => {
      if (!restarted) return memory
      const renamed = (event: InboundEvent): InboundEvent => ({
        ...event,
        platformMessageId: `${event.platformMessageId}-restarted`,
      })
      return changes(renamed)(memory, true)
    },
  },
  {
    test: 'nothing is lost and nothing doubled over hand-overs that fail, a stop, and a crash',
    says: /handed over \d of 9 messages/,
    wrap: confirmsFailures,
  },
]
