import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { openDatabase } from '@nanoclaw/schema/database'
import { expect, test } from 'vitest'
import { freshCore, wiredPair } from '../home.ts'

const child = fileURLToPath(new URL('../children/append-for-ever.ts', import.meta.url))

test.each(['wal', 'delete'] as const)(
  '[L3] kill -9 in mid-append loses nothing that was acknowledged (%s)',
  async (journal) => {
    const core = await freshCore({ journal })
    const { agent, chat } = await wiredPair(core)
    const { session } = await core.resolveSession({
      agentGroupId: agent.id,
      messagingGroupId: chat.id,
      threadId: null,
      sessionMode: 'shared',
    })
    const acknowledged: string[] = []
    for (const lines of [1, 30, 90]) {
      const appender = spawn(
        process.execPath,
        ['--conditions=@nanoclaw/source', child, core.layout.home, journal, agent.id, session.id],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      )
      const closed = once(appender, 'close')
      let seen = 0
      for await (const line of createInterface({ input: appender.stdout })) {
        acknowledged.push(line)
        seen += 1
        if (seen === lines) appender.kill('SIGKILL')
      }
      expect(await closed).toEqual([null, 'SIGKILL'])
    }

    const { inboundDb } = core.layout.session(agent.id, session.id)
    const database = openDatabase({ path: inboundDb, kind: 'inbound', journal })
    expect(database.sqlite.pragma('integrity_check', { simple: true })).toBe('ok')
    database.close()
    const mailbox = await core.mailboxes.open(agent.id, session.id)
    const rows = (await mailbox.pending(100_000)).map(({ id, seq }) => `${id} ${seq}`)
    await mailbox.close()
    // The last line of a kill may be cut; a row may be there that was not acknowledged yet.
    const whole = acknowledged.filter((line) => /^in-[0-9a-f-]{36} \d+$/.test(line))
    expect(whole.length).toBeGreaterThanOrEqual(118)
    expect(rows).toEqual(expect.arrayContaining(whole))
    expect(rows.length - acknowledged.length).toBeLessThanOrEqual(3)
  },
)
