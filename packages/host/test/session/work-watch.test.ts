import type { Mailbox, PendingRow } from '@nanoclaw/core'
import { describe, expect, it } from 'vitest'
import { WorkWatch } from '../../src/session/work-watch.ts'

const now = Date.parse('2026-01-31T12:00:00.000Z')

function row(seq: number, extra: Partial<PendingRow> = {}): PendingRow {
  const origin = { channelType: 'memory', channelInstance: '', platformId: 'room', threadId: null }
  const id = `in-0000000${seq}`
  return { id, seq, kind: 'chat', origin, processAfter: null, trigger: true, tries: 0, ...extra }
}

/** `found`: what waits; all of it wants an answer. */
function watch(found: () => Promise<readonly PendingRow[]>): WorkWatch {
  const mailbox = { wanting: found, pending: found } as unknown as Mailbox
  return new WorkWatch({ mailbox, clock: { now: () => now }, onDue: () => undefined })
}

describe('what waits for the agent', () => {
  it('is what was appended and has not ended, without asking the database', async () => {
    const work = watch(() => Promise.reject(new Error('was asked')))
    work.added([row(2), row(4)])
    await work.ended([row(2)])
    expect(work.due.map(({ seq }) => seq)).toEqual([4])
  })

  it('survives a look that was older than what has come and ended meanwhile', async () => {
    const found = Promise.withResolvers<readonly PendingRow[]>()
    const work = watch(() => found.promise)
    work.added([row(2)])
    const look = work.look()
    work.added([row(4)])
    await work.ended([row(2)])
    found.resolve([row(2)])
    await look
    expect(work.due.map(({ seq }) => seq)).toEqual([4])
  })

  it('is known by a look that ends though rows are appended all the while', async () => {
    let seq = 2
    const work: WorkWatch = watch(async () => {
      work.added([row((seq += 2))])
      if (seq > 100) throw new Error('it was asked again for each row that was appended')
      return [row(2)]
    })
    await work.look()
    expect(work.due.map((each) => each.seq)).toEqual([2, 4])
  })

  it('is asked for once for all who ask while a look is under way', async () => {
    const reads: (() => void)[] = []
    const work = watch(async () => {
      await new Promise<void>((resolve) => reads.push(resolve))
      return [row(2 * reads.length)]
    })
    const first = work.look()
    const others = Promise.all([work.look(), work.look()])
    reads[0]?.()
    await first
    expect(work.due).toEqual([row(2)])
    await Promise.resolve()
    reads[1]?.()
    await others
    expect([reads.length, work.due]).toEqual([2, [row(4)]])
  })

  it('counts a row once that both a look and its own append have brought', async () => {
    const work = watch(() => Promise.resolve([row(2)]))
    await work.look()
    work.added([row(2)])
    expect(work.pending).toHaveLength(1)
  })

  it('is asked for again when more was there than one look takes', async () => {
    const many = Array.from({ length: 600 }, (_, index) => row(2 * index + 2))
    let left = many
    const work = watch(() => Promise.resolve(left.slice(0, 400)))
    await work.look()
    left = many.slice(400)
    await work.ended(many.slice(0, 400))
    expect(work.due).toHaveLength(200)
  })

  it('does not count context, nor what has a later time', async () => {
    const later = '2026-01-31T13:00:00.000Z'
    const work = watch(() => Promise.resolve([]))
    work.added([row(2, { trigger: false }), row(4, { processAfter: later })])
    expect(work.due).toEqual([])
    expect(work.nextDueAt).toBe(later)
    work.stop()
  })
})
