import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openDatabase, type OpenDatabase } from '@nanoclaw/schema/database'
import { afterEach, describe, expect, test } from 'vitest'
import { sourceOf, statementSets } from '../../scripts/statement-sets.ts'
import { inboundSql } from '../../src/mailbox/inbound-statements.generated.ts'
import { mailboxStatements } from '../../src/mailbox/inbound-statements.ts'
import { bindStatements } from '../../src/statements/bind-statements.ts'

test.each(statementSets)(
  '$file is what Drizzle makes of the models (`node scripts/generate-statements.ts` rewrites it)',
  async (set) => {
    const path = join(import.meta.dirname, '../..', set.file)
    expect(await readFile(path, 'utf8')).toBe(await sourceOf(set))
  },
)

describe('statements that are bound', () => {
  let database: OpenDatabase
  afterEach(() => database.close())

  test('give and take what Drizzle’s own do', () => {
    database = openDatabase({ path: ':memory:', kind: 'inbound', create: true })
    const bound = bindStatements<ReturnType<typeof mailboxStatements>>(database.sqlite, inboundSql)
    const drizzles = mailboxStatements(database.orm)
    const origin = { channelType: 'slack', channelInstance: '', platformId: 'C1', threadId: null }
    const row = { id: 'in-1', seq: 2, kind: 'chat', timestamp: 'then', content: '{}', ...origin }
    const more = { processAfter: null, platformMessageId: null, dedupeKey: 'k', trigger: 1 }
    const last = { onWake: 0, sourceSessionId: null, hops: 0 }
    expect(bound.insertInbound().run({ ...row, ...more, ...last }).changes).toBe(1)
    const event = { id: 7, at: 'then', messageSeq: 2, status: 'accepted', detail: null }
    bound.insertEvent().run({ ...event, type: 'accepted' })
    const turn = JSON.stringify({ turnId: 't', seqs: [2], error: null })
    bound.insertEvent().run({ ...event, id: 8, type: 'turn', status: 'completed', detail: turn })

    const after = { after: 0, limit: 10 }
    expect(bound.eventsAfter().all(after)).toEqual(drizzles.eventsAfter().all(after))
    expect(bound.eventsAfter().get(after)).toMatchObject({ inbound: { seq: 2 }, delivery: null })
    expect(bound.inbound().get({ id: 'in-1' })).toEqual(drizzles.inbound().get({ id: 'in-1' }))
    expect(bound.inbound().get({ id: 'in-2' })).toBeUndefined()
    expect(bound.pending().all({ limit: 1 })).toEqual(drizzles.pending().all({ limit: 1 }))
    const ended = bound.endPending().all({ id: 'in-1', status: 'completed' })
    expect(ended).toMatchObject([{ id: 'in-1', seq: 2, channelType: 'slack', trigger: 1 }])
    expect(() => bound.inbound().get({})).toThrow(TypeError)
  })
})
