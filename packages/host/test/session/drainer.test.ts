import type {
  Mailbox,
  OutboundAck,
  OutboundReader,
  OutboundRow,
  ReadOutcome,
  Session,
} from '@nanoclaw/core'
import { expect, it } from 'vitest'
import type { SessionDeliveries } from '../../src/delivery/session-deliveries.ts'
import { defaultLimits } from '../../src/limits.ts'
import { Drainer, type DrainerDeps } from '../../src/session/drainer.ts'

const nothing: ReadOutcome = { outcome: 'rows', rows: [], acks: [], more: false }

function drainer(
  read: OutboundReader['read'],
  events: string[],
  extra: Partial<DrainerDeps> = {},
): Drainer {
  return new Drainer({
    limits: defaultLimits(),
    troubles: {
      tell: (kind) => void events.push(kind),
      keep: async (kind) => void events.push(kind),
      over: (kind) => void events.push(`over: ${kind}`),
    },
    session: { id: 'sess-00000001', agentGroupId: 'ag-00000001' } as Session,
    mailbox: { undelivered: async () => 0 } as Partial<Mailbox> as Mailbox,
    reader: { read, stop: async () => undefined },
    deliveries: {} as SessionDeliveries,
    position: { cursor: 0, largestSeq: 0 },
    chatWords: undefined,
    pending: () => [],
    onNotice: () => undefined,
    isStopped: () => false,
    onProgress: async () => undefined,
    onVerdict: async (reason) => void events.push(`verdict: ${reason}`),
    onError: (error) => void events.push(String(error)),
    onIdle: () => void events.push('idle'),
    ...extra,
  })
}

/** What an earlier process may have told is over with the first look that finds all taken. */
const never = ['over: outbound-backlog', 'over: outbound-flood']

it('drains once more for rings that came during a drain, however many', async () => {
  let reads = 0
  const events: string[] = []
  const draining = drainer(async () => {
    reads += 1
    if (reads === 1) for (let n = 0; n < 5; n += 1) draining.ring()
    return nothing
  }, events)
  draining.ring()
  await expect.poll(() => events).toEqual([...never, 'idle'])
  expect(reads).toBe(2)
})

it('waits and tries again when reading fails for a reason of the host, and says so', async () => {
  const events: string[] = []
  let reads = 0
  const draining = drainer(() => {
    reads += 1
    return reads === 1 ? Promise.reject(new Error('no reader')) : Promise.resolve(nothing)
  }, events)
  draining.ring()
  await expect
    .poll(() => events, { timeout: 5_000 })
    .toEqual(['Error: no reader', ...never, 'idle'])
})

it('stops at once, even while it waits to try again', async () => {
  const events: string[] = []
  const draining = drainer(() => Promise.reject(new Error('no reader')), events)
  draining.ring()
  await expect.poll(() => events).toEqual(['Error: no reader'])
  const began = performance.now()
  await draining.stop()
  expect(performance.now() - began).toBeLessThan(500)
})

it('reads no more once there is enough evidence', async () => {
  const events: string[] = []
  let reads = 0
  const draining = drainer(async () => {
    reads += 1
    return { outcome: 'violation', reason: 'a link' }
  }, events)
  draining.ring()
  await expect.poll(() => events).toEqual(['verdict: a link', 'idle'])
  draining.ring()
  expect(reads).toBe(2)
})

it('holds rows back that come too fast, tells of it once, and takes them by themselves later', async () => {
  const events: string[] = []
  const appended: unknown[] = []
  let read = 0
  const limits = { ...defaultLimits(), rowsPerSecond: 1, rowsBurst: 1 }
  const mailbox = {
    undelivered: async () => 0,
    append: async (rows: readonly unknown[]) => {
      appended.push(...rows)
      return []
    },
    take: async () => ({ deliveries: [], repeated: [], ended: [], notices: [], said: [] }),
  } as Partial<Mailbox> as Mailbox
  const deliveries = {
    plan: async () => ({ rows: [], notices: [], meanings: new Map() }),
    accept: () => undefined,
  } as Partial<SessionDeliveries> as SessionDeliveries
  const draining = drainer(
    async ({ limit, after }) => {
      read += 1
      if (limit === 0) return { ...nothing, more: true }
      const row = { id: 'out-00000001', seq: after + 2 } as OutboundRow
      return { ...nothing, rows: [row], more: after < 2 }
    },
    events,
    { limits, mailbox, deliveries, onNotice: () => void events.push('notice') },
  )
  draining.ring()
  await expect.poll(() => draining.isHeldBack).toBe(true)
  const reads = read
  draining.ring()
  await expect.poll(() => events, { timeout: 5_000 }).toContain('idle')
  expect(reads).toBe(2)
  expect(draining.isHeldBack).toBe(false)
  expect(events).toEqual(['outbound-flood', 'notice', 'over: outbound-flood', 'notice', 'idle'])
  expect(appended).toMatchObject([
    { kind: 'system', trigger: false, content: { type: 'output_held' } },
  ])
})

it('what is held back does not hide what the runner was at work on', async () => {
  const ack = { messageId: 'in-00000001', status: 'processing', epoch: 1 } as OutboundAck
  const limits = { ...defaultLimits(), undeliveredRows: 1 }
  const read = async () => ({ ...nothing, more: true, acks: [ack] }) as ReadOutcome
  const mailbox = { undelivered: async () => 1, append: async () => [] }
  const extra = { limits, mailbox: mailbox as Partial<Mailbox> as Mailbox }
  const outcome = await drainer(read, [], extra).once()
  expect(outcome).toMatchObject({ outcome: 'held', processing: [ack] })
})
