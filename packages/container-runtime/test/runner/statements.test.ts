import { expect, test } from 'vitest'
import { done, folder, scripted } from '../support/local-runners.ts'
import { watchStatements } from '../support/watch-statements.ts'

/** BEGIN and COMMIT included; beside them the sync mode is switched twice. Each costs 10 to 30 µs. */
const mostStatements = 24

test.each(['wal', 'delete'] as const)(
  'a message costs few statements, one ring and no line in the log (%s)',
  async (journal) => {
    const s = folder(journal)
    const { runner, until, databases, log, rings } = await scripted(s)
    const ask = async (text: string): Promise<void> => {
      const row = s.append({ text })
      runner.ring()
      await until(done(s, row.id))
      s.setRow(row.id, { status: 'completed' })
    }
    for (let n = 0; n < 3; n += 1) await ask('warm')
    await until(() => s.out().turns.every((turn) => turn.status === 'completed'))
    const before = { rings: rings(), lines: log.length }
    const { seen, stop } = watchStatements([databases.inbound.sqlite, databases.outbound.sqlite])
    await ask('hello')
    stop()
    expect(seen.length, seen.join('\n')).toBeLessThanOrEqual(mostStatements)
    expect(seen.filter((text) => text.startsWith('insert into "messages_out"'))).toHaveLength(1)
    expect([rings() - before.rings, log.length - before.lines]).toEqual([1, 0])
  },
)
