import { z } from 'zod'

/** One step of a message's way. */
const hopReport = z.looseObject({
  /** ISO-8601 UTC. */
  at: z.string(),
  /** Of the row that it is about, and the number that the agent knows it by. */
  id: z.string(),
  seq: z.number(),
  /** `accepted`, `claimed`, `ended`, `written`, `taken` or `delivery`. */
  what: z.string(),
  /** Of an end or a delivery: as what, or in which state. */
  status: z.string().nullish(),
  turnId: z.string().nullish(),
  platformMessageId: z.string().nullish(),
  detail: z.string().nullable(),
})

/** Every hop of one message and of those that belong to it, in order of time. */
export const traceReport = z.looseObject({
  id: z.string(),
  /** `in`: for the agent; `out`: of the agent. */
  direction: z.enum(['in', 'out']),
  sessionId: z.string(),
  agent: z.string(),
  hops: z.array(hopReport),
})

/** Every hop of one message and of those that belong to it, in order of time. */
export type TraceReport = z.infer<typeof traceReport>

/** What became of a message that was asked to be tried again. */
export const requeueReport = z.discriminatedUnion('direction', [
  /** `pending`: it waits again under its id; `appended`: a copy of it was made, with this id. */
  z.looseObject({
    direction: z.literal('in'),
    id: z.string(),
    outcome: z.enum(['pending', 'appended']),
  }),
  z.looseObject({ direction: z.literal('out'), id: z.string(), status: z.string() }),
])

/** What became of a message that was asked to be tried again. */
export type RequeueReport = z.infer<typeof requeueReport>
