import { errorMessage, NanoclawError } from '@nanoclaw/schema'
import { z } from 'zod'
import { adminAnswer } from './admin-answer.ts'
import { deliveriesReport, mostDeliveries } from './delivery-report.ts'
import { forgetReport } from './forget-report.ts'
import { requeueReport, traceReport } from './ledger-report.ts'

/**
 * What goes over the daemon's socket: JSON, one frame a line, at most 1 MiB. The first frame of a
 * client is a request; everything else belongs to a `chat`.
 */
export const protocolVersion = 1

const id = z.number().int().nonnegative()
/** Of a row or an incident. */
const rowId = z.string().min(1).max(200)
const author = z.object({ id: z.string(), name: z.string() })

/** What a client may send. */
export const clientFrame = z.discriminatedUnion('type', [
  z.object({ type: z.literal('status'), version: z.literal(protocolVersion) }),
  /** Attaches; to the terminal's first chat unless another one is named. */
  z.object({
    type: z.literal('chat'),
    version: z.literal(protocolVersion),
    chat: z.string().min(1).max(2_000).optional(),
  }),
  /** Resolves an incident; answered by `resolved`. */
  z.object({ type: z.literal('resolve'), version: z.literal(protocolVersion), id: rowId }),
  /** Lists deliveries, newest first. */
  z.object({
    type: z.literal('deliveries'),
    version: z.literal(protocolVersion),
    failed: z.boolean(),
    limit: z.int().min(1).max(mostDeliveries),
  }),
  /** Every hop of a message, of either direction. */
  z.object({ type: z.literal('trace'), version: z.literal(protocolVersion), id: rowId }),
  /** Tries a message again; answered by `requeued`. */
  z.object({ type: z.literal('requeue'), version: z.literal(protocolVersion), id: rowId }),
  /** A person says whether a message has arrived; answered by `settled`. */
  z.object({
    type: z.literal('settle'),
    version: z.literal(protocolVersion),
    id: rowId,
    as: z.enum(['delivered', 'failed']),
  }),
  /** Forgets a person; answered by `forgotten`. */
  z.object({
    type: z.literal('forget'),
    version: z.literal(protocolVersion),
    person: z.object({ channelType: z.string().min(1), handle: z.string().min(1) }),
    /** Only says what would be removed. */
    dryRun: z.boolean(),
  }),
  /** A command of the table; answered by `admin`. */
  z.object({
    type: z.literal('admin'),
    version: z.literal(protocolVersion),
    command: z.string().min(1).max(100),
    /** Checked by the command. */
    input: z.record(z.string(), z.unknown()),
    /** A person has agreed to what will be done. */
    isSure: z.boolean(),
    /** Columns of the screen; null: it is not one. */
    width: z.int().positive().nullable(),
  }),
  /** A line that was typed. Answered by `taken`, `refused` or `failed`. */
  z.object({
    type: z.literal('line'),
    id,
    /** Names the line for ever: sent again under the same name, it is taken once. */
    messageId: z.string().min(1).max(200),
    text: z.string(),
  }),
  /** A message stands on the screen: only now is it delivered. */
  z.object({ type: z.literal('shown'), id }),
  /** Asks for `quiet`: everything that was said in this chat has been answered. */
  z.object({ type: z.literal('wait') }),
])

/** What a client may send. */
export type ClientFrame = z.infer<typeof clientFrame>

/** The daemon's answer to `status`. */
export const statusReport = z.looseObject({
  pid: z.number(),
  startedAt: z.string(),
  version: z.string(),
  home: z.string(),
  driver: z.looseObject({ name: z.string(), isolation: z.string() }),
  host: z.looseObject({
    containers: z.number(),
    maxContainers: z.number(),
    channels: z.array(
      z.looseObject({
        channelType: z.string(),
        instance: z.string().optional(),
        state: z.string(),
        since: z.string(),
        why: z.union([z.string(), z.undefined()]).optional(),
      }),
    ),
    operator: z.looseObject({
      untold: z.number(),
      sinks: z.array(
        z.looseObject({
          name: z.string(),
          failingSince: z.string().optional(),
          why: z.string().optional(),
        }),
      ),
    }),
  }),
  /** The channels of `config.json`. */
  channels: z.array(
    z.looseObject({
      adapter: z.string(),
      instance: z.string(),
      channelType: z.string().optional(),
      state: z.string(),
      since: z.string(),
      why: z.string().optional(),
    }),
  ),
  agents: z.array(z.looseObject({ id: z.string(), name: z.string(), provider: z.string() })),
  /** How many messages are on their way, by state; only what is more than none. */
  deliveries: z.record(z.string(), z.number()),
  chats: z.array(z.looseObject({ id: z.string(), name: z.string(), channelType: z.string() })),
  incidents: z.array(
    z.looseObject({
      id: z.string(),
      kind: z.string(),
      subject: z.string(),
      message: z.string(),
      occurrences: z.number(),
      openedAt: z.string(),
      /** When the operator was told, and through what; null: not yet. */
      toldAt: z.string().nullable(),
      toldThrough: z.string().nullable(),
    }),
  ),
})

/** The daemon's answer to `status`. */
export type StatusReport = z.infer<typeof statusReport>

/** What the daemon may send. */
export const serverFrame = z.discriminatedUnion('type', [
  z.object({ type: z.literal('status'), report: statusReport }),
  z.object({ type: z.literal('resolved'), wasOpen: z.boolean() }),
  z.object({ type: z.literal('deliveries'), report: deliveriesReport }),
  /** Null: there is no message of that id. */
  z.object({ type: z.literal('trace'), report: traceReport.nullable() }),
  z.object({ type: z.literal('requeued'), report: requeueReport }),
  z.object({ type: z.literal('settled'), status: z.string() }),
  z.object({ type: z.literal('forgotten'), report: forgetReport }),
  /** What a command came to: for programs, and as lines for people. */
  z.object({ type: z.literal('admin'), answer: adminAnswer }),
  /** What a request cannot have, and why. */
  z.object({ type: z.literal('refusal'), code: z.string(), message: z.string() }),
  z.object({ type: z.literal('attached'), agent: z.string(), chat: z.string() }),
  z.object({ type: z.literal('taken'), id, outcome: z.enum(['accepted', 'duplicate']) }),
  z.object({ type: z.literal('refused'), id, reason: z.string() }),
  /** It was not taken, but may be when it is sent again. */
  z.object({ type: z.literal('failed'), id, reason: z.string() }),
  z.object({ type: z.literal('message'), id, key: z.string(), author, text: z.string() }),
  /** Who is at work; null: nobody. */
  z.object({ type: z.literal('typing'), author: author.nullable() }),
  /** Everything has been answered, but for so many rows of sessions in quarantine. */
  z.object({ type: z.literal('quiet'), unanswered: z.number().int().nonnegative() }),
  /** The last frame: why the daemon ends the connection. */
  z.object({ type: z.literal('bye'), reason: z.string() }),
])

/** What the daemon may send. */
export type ServerFrame = z.infer<typeof serverFrame>

/** @throws NanoclawError `bad-content` for what is no such frame. */
export function parseFrame<T>(shape: z.ZodType<T>, line: string): T {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch (error) {
    throw new NanoclawError('bad-content', `expected a line of JSON: ${errorMessage(error)}`)
  }
  const result = shape.safeParse(value)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  const where = issue && issue.path.length > 0 ? ` at ${issue.path.join('.')}` : ''
  throw new NanoclawError('bad-content', `not a frame of this protocol${where}: ${issue?.message}`)
}
