import type { Mailbox, OutboundReader, ReadOutcome, Session } from '@nanoclaw/core'
import { expect, it } from 'vitest'
import type { SessionDeliveries } from '../../src/delivery/session-deliveries.ts'
import { Drainer } from '../../src/session/drainer.ts'

const nothing: ReadOutcome = { outcome: 'rows', rows: [], acks: [], more: false }

function drainer(read: OutboundReader['read'], events: string[]): Drainer {
  return new Drainer({
    session: { id: 'sess-00000001', agentGroupId: 'ag-00000001' } as Session,
    mailbox: {} as Mailbox,
    reader: { read, stop: async () => undefined },
    deliveries: {} as SessionDeliveries,
    position: { cursor: 0, largestSeq: 0 },
    chatWords: undefined,
    pending: () => [],
    beforeFailures: async () => undefined,
    onNotice: () => undefined,
    isStopped: () => false,
    onProgress: async () => undefined,
    onVerdict: async (reason) => void events.push(`verdict: ${reason}`),
    onError: (error) => void events.push(String(error)),
    onIdle: () => void events.push('idle'),
  })
}

it('drains once more for rings that came during a drain, however many', async () => {
  let reads = 0
  const events: string[] = []
  const draining = drainer(async () => {
    reads += 1
    if (reads === 1) for (let n = 0; n < 5; n += 1) draining.ring()
    return nothing
  }, events)
  draining.ring()
  await expect.poll(() => events).toEqual(['idle'])
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
  await expect.poll(() => events, { timeout: 5_000 }).toEqual(['Error: no reader', 'idle'])
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
