import {
  nextRunnerSeq,
  parseInboundContent,
  timestamp,
  type Clock,
  type Ids,
  type Origin,
} from '@nanoclaw/schema'
import { messagesIn, messagesOut, processingAck, turns } from '@nanoclaw/schema/drizzle'
import { asc, max, ne } from 'drizzle-orm'
import type { OutboundRow } from '../ledger/types.ts'
import type { MemorySession } from './memory-sessions.ts'
import type { PlayedContainer } from './types.ts'

/** The end of a turn in which a row was answered, or not. */
const turnStatus = { processing: 'running', completed: 'completed', failed: 'failed' } as const

function originOf(row: typeof messagesIn.$inferSelect): Origin | null {
  const { channelType, channelInstance, platformId, threadId } = row
  if (channelType === null || platformId === null) return null
  return { channelType, channelInstance, platformId, threadId }
}

const nowhere = { channelType: null, channelInstance: '', platformId: null, threadId: null }

/** Plays the container of a session. */
export function playContainer(
  { inbound, outbound }: MemorySession,
  { clock, ids }: { readonly clock: Clock; readonly ids: Ids },
): PlayedContainer {
  const received = () => inbound.orm.select().from(messagesIn).orderBy(asc(messagesIn.seq)).all()

  function largestSeq(): number {
    const said = outbound.orm
      .select({ seq: max(messagesOut.seq) })
      .from(messagesOut)
      .get()
    return Math.max(received().at(-1)?.seq ?? 0, said?.seq ?? 0)
  }

  function answeredPlace(): Origin | undefined {
    const origins = received().map(originOf)
    return origins.findLast((origin) => origin !== null) ?? undefined
  }

  return {
    inbox() {
      const reported = outbound.orm
        .select()
        .from(processingAck)
        .where(ne(processingAck.status, 'processing'))
        .all()
      const ended = new Set(reported.map(({ messageId }) => messageId))
      return received()
        .filter(({ id, status }) => status === 'pending' && !ended.has(id))
        .map((row) => ({
          ...parseInboundContent(row.kind, row.content),
          id: row.id,
          seq: row.seq,
          origin: originOf(row),
        }))
    },
    say(text, values) {
      const row: OutboundRow = {
        id: ids.next('out'),
        seq: nextRunnerSeq(largestSeq()),
        kind: 'chat',
        inReplyTo: null,
        turnId: null,
        timestamp: timestamp(clock),
        deliverAfter: null,
        ...(answeredPlace() ?? nowhere),
        content: JSON.stringify({ text }),
        ...values,
      }
      outbound.orm.insert(messagesOut).values(row).run()
      return row
    },
    ack(messageId, status, error) {
      const now = timestamp(clock)
      const turnId = ids.next('turn')
      const report = { status, statusChanged: now, turnId, epoch: 1 }
      outbound.transact('immediate', () => {
        outbound.orm
          .insert(turns)
          .values({
            turnId,
            epoch: 1,
            messageIds: JSON.stringify([messageId]),
            claims: 1,
            claimedAt: now,
            endedAt: status === 'processing' ? null : now,
            status: turnStatus[status],
            error,
          })
          .run()
        outbound.orm
          .insert(processingAck)
          .values({ messageId, ...report })
          .onConflictDoUpdate({ target: processingAck.messageId, set: report })
          .run()
      })
    },
  }
}
