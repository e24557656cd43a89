import { z } from 'zod'

/** The most deliveries that are listed at once: an answer has a longest frame. */
export const mostDeliveries = 1_000

/** One message to a place, and what became of it, as commands show it. */
export const deliveryReport = z.looseObject({
  id: z.string(),
  sessionId: z.string(),
  /** Name of the agent that wrote it. */
  agent: z.string(),
  /** The agent's name of the place, or what it is on the platform; null: it named none. */
  to: z.string().nullable(),
  kind: z.string(),
  status: z.string(),
  /** A person is asked whether it arrived. */
  asked: z.boolean(),
  attempts: z.number(),
  ambiguousCount: z.number(),
  /** When the host took it, ISO-8601 UTC as all times here; null: an older version did. */
  at: z.string().nullable(),
  nextAttemptAt: z.string().nullable(),
  deliveredAt: z.string().nullable(),
  error: z.string().nullable(),
  /** The message that it answers, as its agent says. */
  inReplyTo: z.string().nullable(),
  /** Its first words; what it is where it has none. */
  text: z.string(),
})

/** One message to a place, and what became of it, as commands show it. */
export type DeliveryReport = z.infer<typeof deliveryReport>

/** Deliveries of a home, newest first. */
export const deliveriesReport = z.looseObject({
  deliveries: z.array(deliveryReport),
  /** How many sessions have been looked through. */
  sessions: z.number(),
  /** Those that could not be. */
  unread: z.array(z.looseObject({ sessionId: z.string(), why: z.string() })),
})

/** Deliveries of a home, newest first. */
export type DeliveriesReport = z.infer<typeof deliveriesReport>
