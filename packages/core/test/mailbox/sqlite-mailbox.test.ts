import { access, readdir, stat, unlink } from 'node:fs/promises'
import { isBusy } from '@nanoclaw/schema'
import { openDatabase } from '@nanoclaw/schema/database'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Core, Mailbox, NewInbound, Session } from '../../src/index.ts'
import { mailboxStatements } from '../../src/mailbox/inbound-statements.ts'
import { freshCore, wiredPair } from '../home.ts'

const row: NewInbound = {
  kind: 'chat',
  content: { text: 'hello', sender: 'Ann', senderId: 'ann' },
  origin: null,
}

async function freshSession(core: Core): Promise<Session> {
  const { agent, chat } = await wiredPair(core)
  const { session } = await core.resolveSession({
    agentGroupId: agent.id,
    messagingGroupId: chat.id,
    threadId: null,
    sessionMode: 'shared',
  })
  return session
}

async function opened(core: Core, session: Session): Promise<Mailbox> {
  const mailbox = await core.mailboxes.open(session.agentGroupId, session.id)
  onTestFinished(() => mailbox.close())
  return mailbox
}

const mode = async (path: string) => ((await stat(path)).mode & 0o777).toString(8)

test('a container’s user may read inbound, and nothing of the host’s own', async () => {
  const core = await freshCore()
  const session = await freshSession(core)
  const files = core.layout.session(session.agentGroupId, session.id)
  await core.writeDestinations(session)
  expect(await mode(core.layout.home)).toBe('700')
  expect(await mode(core.layout.centralDb)).toBe('600')
  expect(await mode(files.inbound)).toBe('755')
  expect(await mode(files.inboundDb)).toBe('644')
  expect(await mode(files.destinationsJson)).toBe('644')
  expect(await mode(files.outbound)).toBe('755')
  expect(await mode(files.outboundDb)).toBe('644')
  expect(await mode(files.private)).toBe('700')
  expect(await readdir(files.private)).toEqual([])
})

test('initialising again, at once and later, changes nothing; what a crash left out is made', async () => {
  const core = await freshCore()
  const session = await freshSession(core)
  const mailbox = await opened(core, session)
  await mailbox.append([row])
  const init = () => core.initSessionFolder(session)
  await Promise.all([init(), init(), init()])
  expect(await mailbox.pending(10)).toHaveLength(1)
  const { outboundDb } = core.layout.session(session.agentGroupId, session.id)
  await unlink(outboundDb)
  await Promise.all([init(), init(), init()])
  openDatabase({ path: outboundDb, kind: 'outbound' }).close()
  expect(await mailbox.pending(10)).toHaveLength(1)
})

test('an id that is none never becomes a path', async () => {
  const core = await freshCore()
  for (const id of ['../../etc', '', '.', 'sess-1/../../x']) {
    await expect(core.mailboxes.open('ag-00000001', id)).rejects.toMatchObject({
      code: 'bad-option',
    })
    await expect(core.mailboxes.init(id, 'sess-00000001')).rejects.toMatchObject({
      code: 'bad-option',
    })
  }
})

describe.each(['wal', 'delete'] as const)('in %s mode', (journal) => {
  test('[S6] a lock of somebody else is a busy error at once, and nothing has changed', async () => {
    const core = await freshCore({ journal })
    const session = await freshSession(core)
    const mailbox = await opened(core, session)
    const { inboundDb } = core.layout.session(session.agentGroupId, session.id)
    const other = openDatabase({ path: inboundDb, kind: 'inbound', journal })
    other.sqlite.exec('BEGIN IMMEDIATE')
    const took: number[] = []
    for (let tries = 0; tries < 5; tries += 1) {
      const before = performance.now()
      const error: unknown = await mailbox.append([row]).catch((thrown: unknown) => thrown)
      took.push(performance.now() - before)
      expect(isBusy(error)).toBe(true)
    }
    // Whoever waits for the lock waits each time; a busy machine does not.
    expect(Math.min(...took)).toBeLessThan(50)
    other.sqlite.exec('ROLLBACK')
    other.close()
    expect(await mailbox.append([row])).toMatchObject([{ seq: 2 }])
  })

  test('the journal is of the mode that was asked for', async () => {
    const core = await freshCore({ journal })
    const session = await freshSession(core)
    const mailbox = await opened(core, session)
    await mailbox.append([row])
    const { inboundDb } = core.layout.session(session.agentGroupId, session.id)
    const wal = access(`${inboundDb}-wal`)
    if (journal === 'wal') await wal
    else await expect(wal).rejects.toThrow('ENOENT')
  })
})

test('numbers of both sides rise together, whatever is appended and taken', async () => {
  const core = await freshCore()
  const mailbox = await opened(core, await freshSession(core))
  const step = fc.oneof(
    fc.record({ append: fc.integer({ min: 0, max: 3 }) }),
    fc.record({ take: fc.integer({ min: 0, max: 40 }) }),
  )
  let taken = 0
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      for (const each of steps) {
        const largest = await mailbox.largestSeq()
        if ('append' in each) {
          const added = await mailbox.append(Array.from({ length: each.append }, () => row))
          const first = largest + (largest % 2 === 0 ? 2 : 1)
          expect(added.map(({ seq }) => seq)).toEqual(added.map((_, index) => first + 2 * index))
        } else {
          const seq = largest + (largest % 2 === 0 ? 1 : 2) + 2 * each.take
          taken += 1
          const outbound = {
            ...{ id: `out-${String(taken).padStart(8, '0')}`, seq, kind: 'chat', content: '{}' },
            ...{ inReplyTo: null, turnId: null, timestamp: '', deliverAfter: null, threadId: null },
            ...{ channelType: null, channelInstance: '', platformId: null },
          }
          await mailbox.take([{ row: outbound, status: 'queued' }])
          expect(await mailbox.cursor()).toBe(seq)
        }
      }
    }),
    { numRuns: 60 },
  )
})

test('every statement that runs per message uses an index and grows with nothing but its answer', async () => {
  const core = await freshCore()
  const session = await freshSession(core)
  const { inboundDb } = core.layout.session(session.agentGroupId, session.id)
  const database = openDatabase({ path: inboundDb, kind: 'inbound' })
  onTestFinished(() => database.close())
  const statements = mailboxStatements(database.orm)
  const plan = (query: { sql: string; params: unknown[] }): string =>
    database.sqlite
      .prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${query.sql}`)
      .all(...query.params.map(() => 'x'))
      .map(({ detail }) => detail)
      .join('; ')
  const plans = {
    byDedupeKey: plan(statements.byDedupeKey().getQuery()),
    pending: plan(statements.pending().getQuery()),
    endPending: plan(statements.endPending().getQuery()),
    countPutOff: plan(statements.countPutOff().getQuery()),
    countWaiting: plan(statements.countWaiting().getQuery()),
    countTry: plan(statements.countTry().getQuery()),
    largestSeq: plan(statements.largestSeq().getQuery()),
    delivery: plan(statements.delivery().getQuery()),
    updateDelivery: plan(statements.updateDelivery().getQuery()),
    unfinishedPlaces: plan(statements.unfinishedPlaces().getQuery()),
    waiting: plan(statements.waiting().getQuery()),
    putOffBefore: plan(statements.putOffBefore().getQuery()),
    putOffUntil: plan(statements.putOffUntil().getQuery()),
    newest: plan(statements.newest().getQuery()),
    newestIndexed: plan(statements.newestIndexed().getQuery()),
    newestSending: plan(statements.newestSending().getQuery()),
    part: plan(statements.part().getQuery()),
    state: plan(statements.state().getQuery()),
    eventsAfter: plan(statements.eventsAfter().getQuery()),
    turnRows: plan(statements.turnRows().getQuery()),
  }
  expect(plans).toMatchInlineSnapshot(`
    {
      "byDedupeKey": "SEARCH messages_in USING INDEX messages_in_dedupe_key_unique (dedupe_key=?)",
      "countPutOff": "CO-ROUTINE some; SEARCH delivered USING COVERING INDEX delivered_by_status (status=?); SCAN some",
      "countTry": "SEARCH messages_in USING INDEX sqlite_autoindex_messages_in_1 (id=?)",
      "countWaiting": "CO-ROUTINE some; SCAN delivered USING INDEX delivered_waiting; SCAN some",
      "delivery": "SEARCH delivered USING INDEX sqlite_autoindex_delivered_1 (message_out_id=?)",
      "endPending": "SEARCH messages_in USING INDEX sqlite_autoindex_messages_in_1 (id=?)",
      "eventsAfter": "SEARCH events USING INTEGER PRIMARY KEY (rowid>?); SEARCH messages_in USING INDEX messages_in_seq (seq=?) LEFT-JOIN; SEARCH delivered USING INDEX delivered_seq (seq=?) LEFT-JOIN; CORRELATED SCALAR SUBQUERY 1; SCAN s VIRTUAL TABLE INDEX 3:; SEARCH m USING COVERING INDEX messages_in_seq (seq=?)",
      "largestSeq": "CO-ROUTINE (subquery-4); SCAN CONSTANT ROW; SCAN (subquery-4); SCALAR SUBQUERY 1; SEARCH messages_in USING COVERING INDEX messages_in_seq; SCALAR SUBQUERY 2; SEARCH delivered USING COVERING INDEX delivered_seq; SCALAR SUBQUERY 3; SEARCH host_state USING PRIMARY KEY (key=?)",
      "newest": "SCAN delivered USING INDEX delivered_seq",
      "newestIndexed": "SEARCH delivered USING INDEX delivered_by_status (status=?); USE TEMP B-TREE FOR ORDER BY",
      "newestSending": "SCAN delivered USING INDEX delivered_waiting; USE TEMP B-TREE FOR ORDER BY",
      "part": "SEARCH delivered_parts USING PRIMARY KEY (message_out_id=? AND part=?)",
      "pending": "SCAN messages_in USING INDEX messages_in_pending",
      "putOffBefore": "SEARCH delivered USING INDEX delivered_by_status (status=? AND channel_type=? AND channel_instance=? AND platform_id=? AND next_attempt_at>? AND next_attempt_at<?)",
      "putOffUntil": "SEARCH delivered USING COVERING INDEX delivered_by_status (status=? AND channel_type=? AND channel_instance=? AND platform_id=? AND next_attempt_at>?)",
      "state": "SEARCH host_state USING PRIMARY KEY (key=?)",
      "turnRows": "SEARCH messages_in USING INDEX messages_in_seq (seq=?); LIST SUBQUERY 1; SEARCH events USING INTEGER PRIMARY KEY (rowid=?); SCAN json_each VIRTUAL TABLE INDEX 3:",
      "unfinishedPlaces": "MERGE (UNION); LEFT; SCAN delivered USING INDEX delivered_waiting; RIGHT; SEARCH delivered USING COVERING INDEX delivered_by_status (status=?)",
      "updateDelivery": "SEARCH delivered USING INDEX sqlite_autoindex_delivered_1 (message_out_id=?)",
      "waiting": "SEARCH delivered USING INDEX delivered_waiting (channel_type=? AND channel_instance=? AND platform_id=?)",
    }
  `)
})
