import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'vitest'
import { createCore } from '../../src/index.ts'
import { mailboxConformance, type MailboxFixture } from '../../src/testing.ts'

describe.each(['wal', 'delete'] as const)('mailbox in %s mode', (journal) => {
  const make = async (): Promise<MailboxFixture> => {
    const home = await mkdtemp(join(tmpdir(), 'nanoclaw-mailbox-'))
    const core = await createCore({ home, journal })
    return {
      store: core.mailboxes,
      async dispose() {
        await core.close()
        await rm(home, { recursive: true })
      },
    }
  }
  for (const { name, run } of mailboxConformance(make)) test(name, run)
})
