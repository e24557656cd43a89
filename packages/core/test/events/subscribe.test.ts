import { setImmediate as nextTurn } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { retryBusy } from '../../src/central/retry-busy.ts'
import { createCore, type Core, type CoreEvent } from '../../src/index.ts'
import { freshCore } from '../home.ts'
import { opened, readAll, row, said, take, threads } from './workbench.ts'

const now = '2026-01-31T12:00:00.000Z'
const clock = { now: () => Date.parse(now) }
const home = { channelType: 'test', channelInstance: '', platformId: 'family' }

/** One message's life in a session. */
async function converse(core: Core): Promise<void> {
  const [session] = await threads(core, 1)
  if (!session) throw new Error('a session')
  const mailbox = await opened(core, session)
  const [first] = await mailbox.append([{ ...row, dedupeKey: 'k' }, row])
  await mailbox.append([{ ...row, dedupeKey: 'k' }])
  const ack = {
    messageId: first?.id ?? '',
    status: 'completed',
    epoch: 1,
    claims: 1,
    claimedAt: null,
  } as const
  await mailbox.take([said(5), said(7, { status: 'refused', error: 'e'.repeat(600) })], {
    acks: [{ ...ack, turnId: 'turn-1', error: null }],
    notices: [{ ...row, kind: 'chat', origin: null }],
  })
  await mailbox.settle('out-00000005', { status: 'ambiguous', ambiguousCount: 1, error: 'down' })
  await mailbox.settle('out-00000005', {
    ...{ status: 'delivered', platformMessageId: 'p1', error: null },
  })
  const rest = await mailbox.pending(10)
  const ids = rest.map(({ id }) => id)
  await mailbox.end(ids, 'failed')
  await mailbox.end(ids, 'completed')
  const about = { kind: 'down', subject: 'family', message: 'down', sessionId: session.id }
  await core.incidents.open(about)
  await core.incidents.open({ ...about, message: 'still down' })
  await core.incidents.resolve('down', 'family')
  await core.incidents.resolve('down', 'family')
}

describe('subscribe', () => {
  test('tells of everything that happens, once and in order, and the databases say the same', async () => {
    const core = await freshCore({ clock })
    const live = core.subscribe()
    await converse(core)
    const events = await take(live, 12)
    const origin = row.origin
    const place = { channelType: 'test', channelInstance: '', platformId: 'family' }
    expect(events).toMatchObject([
      { type: 'accepted', seq: 2, kind: 'chat', origin },
      { type: 'accepted', seq: 4 },
      { type: 'delivery', id: 'out-00000005', seq: 5, status: 'sending', place, threadId: 't' },
      { type: 'delivery', seq: 7, status: 'refused', error: 'e'.repeat(500) },
      { type: 'turn', status: 'completed', turnId: 'turn-1', error: null, rows: [{ seq: 2 }] },
      { type: 'accepted', seq: 8, origin: null },
      { type: 'delivery', seq: 5, status: 'ambiguous', error: 'down', platformMessageId: null },
      { type: 'delivery', seq: 5, status: 'delivered', error: null, platformMessageId: 'p1' },
      { type: 'turn', status: 'failed', turnId: null, rows: [{ seq: 4 }, { seq: 8 }] },
      { type: 'incident', change: 'opened', incident: { occurrences: 1, message: 'down' } },
      { type: 'incident', change: 'again', incident: { occurrences: 2, message: 'still down' } },
      { type: 'incident', change: 'resolved', incident: { occurrences: 2, resolvedAt: now } },
    ])
    expect(new Set(events.map(({ at }) => at))).toEqual(new Set([now]))
    const cursors = events.map(({ cursor }) => cursor)
    expect(cursors).toEqual([...new Set(cursors)].toSorted())
    expect(JSON.parse(JSON.stringify(events))).toEqual(events)

    await core.close()
    const next = await freshCore({ home: core.layout.home, clock })
    expect(await readAll(next, 'beginning')).toEqual(events)
  })

  test('goes on after any cursor with exactly the rest, live, from the databases and across both', async () => {
    const core = await freshCore()
    await converse(core)
    const all = await readAll(core, 'beginning')
    for (const opener of [core, await freshCore({ home: core.layout.home })]) {
      for (const [index, { cursor }] of all.entries()) {
        expect(await readAll(opener, cursor)).toEqual(all.slice(index + 1))
      }
    }
  })

  test('what is rolled back is not told', async () => {
    const core = await freshCore()
    const [session] = await threads(core, 1)
    if (!session) throw new Error('a session')
    const mailbox = await opened(core, session)
    await expect(mailbox.take([said(5), said(3)])).rejects.toMatchObject({ code: 'bad-content' })
    await expect(mailbox.settle('out-00000005', { status: 'failed' })).rejects.toThrow()
    expect(await readAll(core, 'beginning')).toEqual([])
  })

  test('begins at the moment of the call', async () => {
    const core = await freshCore()
    const [session] = await threads(core, 1)
    if (!session) throw new Error('a session')
    const mailbox = await opened(core, session)
    await mailbox.append([row])
    const live = core.subscribe()
    await mailbox.append([row])
    expect(await take(live, 1)).toMatchObject([{ seq: 4 }])
    // Each loop over it begins there.
    expect(await take(live, 1)).toMatchObject([{ seq: 4 }])
  })

  test('tells live what it will tell from the databases: the same fields, cut between characters', async () => {
    const core = await freshCore()
    const [session] = await threads(core, 1)
    if (!session) throw new Error('a session')
    const live = take(core.subscribe(), 2)
    const origin = { ...home, threadId: 't', token: 'not of an origin' }
    await core.writeSessionMessage(session, { ...row, origin })
    origin.threadId = 'another by now'
    const mailbox = await opened(core, session)
    const smiles = `x${'\u{1F600}'.repeat(300)}`
    await mailbox.take([said(5, { error: smiles })])
    const events = await live
    expect(events).toMatchObject([{ type: 'accepted' }, { type: 'delivery' }])
    expect(events[0]).toHaveProperty('origin', { ...home, threadId: 't' })
    expect(events[1]).toHaveProperty('error', `${smiles.slice(0, 499)}\u{FFFD}`)
    expect(await readAll(core, 'beginning')).toEqual(events)
  })

  test('refuses what is no cursor of this home', async () => {
    const core = await freshCore()
    await converse(core)
    const own = (await readAll(core, 'beginning')).map(({ cursor }) => cursor)
    const other = await freshCore()
    // Both homes have given the same numbers.
    await converse(other)
    const never = `${own[0]?.slice(0, 9)}${'9'.repeat(16)}`
    const malformed = ['', 'end', '1', '9'.repeat(16), `${own[0]}0`, ` ${own[0]}`, own[0]?.slice(9)]
    const refuses = (opener: Core, cursor = '') =>
      expect(() => opener.subscribe(cursor), cursor).toThrow(
        expect.objectContaining({ code: 'bad-option' }),
      )
    for (const cursor of [...malformed, never]) refuses(core, cursor)
    for (const cursor of own) refuses(other, cursor)
  })

  test('two homes in one process do not mix; two subscribers of one both get all', async () => {
    const [one, two] = [await freshCore(), await freshCore()]
    const subscribed = [one.subscribe(), one.subscribe(), two.subscribe()]
    await Promise.all([converse(one), converse(two)])
    const [a, b, c] = await Promise.all(subscribed.map((events) => take(events, 12)))
    expect(a).toEqual(b)
    const ids = (events: CoreEvent[] | undefined) =>
      new Set(events?.map(({ sessionId }) => sessionId))
    expect(ids(a).size).toBe(1)
    expect(ids(c)).not.toEqual(ids(a))
  })

  test('a clock that jumps back, and a restart then, leave the order as it is', async () => {
    let hour = 12
    const jumping = { now: () => Date.UTC(2026, 0, 31, hour) }
    const home = (await freshCore({ clock: jumping })).layout.home
    const seen: CoreEvent[] = []
    for (const next of [12, 11, 23, 10]) {
      hour = next
      const core = await createCore({ home, clock: jumping })
      const live = core.subscribe()
      if (seen.length === 0) await threads(core, 1)
      const [session] = await core.sessions.list()
      if (!session) throw new Error('a session')
      await core.writeSessionMessage(session, row)
      hour -= 1
      await core.writeSessionMessage(session, row)
      seen.push(...(await take(live, 2)))
      await core.close()
    }
    expect(seen.map(({ at }) => at.slice(11, 13)).join(' ')).toBe('12 11 11 10 23 22 10 09')
    const cursors = seen.map(({ cursor }) => cursor)
    expect(cursors).toEqual([...new Set(cursors)].toSorted())
    const core = await freshCore({ home })
    expect(await readAll(core, 'beginning')).toEqual(seen)
    expect(await readAll(core, cursors[2] ?? '')).toEqual(seen.slice(3))
  })
})

describe('a subscription ends', () => {
  test('with the signal, without an error, also while it waits', async () => {
    const core = await freshCore()
    await converse(core)
    expect(await take(core.subscribe('beginning', { signal: AbortSignal.abort() }), 1)).toEqual([])
    const stop = new AbortController()
    const seen: CoreEvent[] = []
    const loop = (async () => {
      for await (const event of core.subscribe('beginning', { signal: stop.signal })) {
        seen.push(event)
        if (seen.length === 12) setImmediate(() => stop.abort())
      }
    })()
    await loop
    expect(seen).toHaveLength(12)
  })

  test('when its iterator is returned while it waits', async () => {
    const core = await freshCore()
    const iterator = core.subscribe()[Symbol.asyncIterator]()
    const waiting = iterator.next()
    await nextTurn()
    await iterator.return?.()
    expect(await waiting).toEqual({ done: true, value: undefined })
  })

  test('when the core is closed, and none begins then', async () => {
    const core = await freshCore()
    await converse(core)
    const waiting = take(core.subscribe(), 1)
    const reading = take(core.subscribe('beginning'), 1_000)
    await nextTurn()
    await core.close()
    expect(await waiting).toEqual([])
    expect((await reading).length).toBeLessThanOrEqual(12)
    expect(() => core.subscribe()).toThrow(expect.objectContaining({ code: 'closed' }))
  })
})

test('a slow consumer gets everything, though memory keeps only the last events', async () => {
  const core = await freshCore()
  const sessions = await threads(core, 3)
  const mailboxes = await Promise.all(sessions.map((session) => opened(core, session)))
  const iterator = core.subscribe()[Symbol.asyncIterator]()
  const rows = Array.from({ length: 500 }, () => row)
  const expected: string[] = []
  const write = async () => {
    for (const mailbox of mailboxes) {
      const appended = await mailbox.append(rows)
      expected.push(...appended.map(({ id }) => id))
    }
  }
  const seen: string[] = []
  const read = async (count: number) => {
    for (let left = count; left > 0; left -= 1) {
      const { value } = await iterator.next()
      if (value?.type === 'accepted') seen.push(value.id)
    }
  }
  await write()
  await read(10)
  await write()
  await write()
  await read(2_000)
  await write()
  await read(expected.length - seen.length)
  expect(seen).toEqual(expected)
  await iterator.return?.()
})

test('whatever is written where and when, every reader sees one order of all of it', async () => {
  const core = await freshCore()
  const sessions = await threads(core, 4)
  const mailboxes = await Promise.all(sessions.map((session) => opened(core, session)))
  const step = fc.oneof(
    fc.record({ append: fc.nat(3), rows: fc.integer({ min: 0, max: 3 }) }),
    fc.record({ message: fc.nat(3) }),
    fc.record({ due: fc.nat(3) }),
    fc.record({ clear: fc.nat(3) }),
    fc.record({ incident: fc.nat(9) }),
  )
  let incidents = 0
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 20 }), async (steps) => {
      const live = core.subscribe()
      const written = await Promise.all(
        steps.map(async (each): Promise<number> => {
          if ('append' in each) {
            const rows = Array.from({ length: each.rows }, () => row)
            // Another mailbox of the session may be at work, in another thread.
            await retryBusy(() => mailboxes[each.append]?.append(rows))
            return each.rows
          }
          if ('incident' in each) {
            const subject = `subject ${(incidents += 1)}`
            await core.incidents.open({ kind: 'k', subject, message: 'm' })
            return 1
          }
          const session =
            sessions['message' in each ? each.message : 'due' in each ? each.due : each.clear]
          if (!session) throw new Error('a session')
          if ('message' in each) {
            await core.writeSessionMessage(session, row)
            return 1
          }
          if ('due' in each) await core.sessions.ensureDue(session.id, now)
          else await core.sessions.setDue(session.id, null)
          return 0
        }),
      )
      const count = written.reduce((sum, more) => sum + more, 0)
      const seen = await take(live, count)
      const first = seen[0]?.cursor
      if (first === undefined) return
      expect(await readAll(core, first)).toEqual(seen.slice(1))
      const other = await createCore({ home: core.layout.home })
      expect(await readAll(other, first)).toEqual(seen.slice(1))
      await other.close()
    }),
    { numRuns: 25 },
  )
})
