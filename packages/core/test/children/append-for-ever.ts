import { createCore } from '../../src/index.ts'

/** Appends rows until it is killed; says each one's id after it has been accepted. */
const [home = '', journal = 'wal', agentGroupId = '', sessionId = ''] = process.argv.slice(2)
const core = await createCore({ home, journal: journal === 'delete' ? 'delete' : 'wal' })
const mailbox = await core.mailboxes.open(agentGroupId, sessionId)
const content = { text: 'x'.repeat(3000), sender: 'Ann', senderId: 'ann' }
for (;;) {
  const [row] = await mailbox.append([{ kind: 'chat', content, origin: null }])
  process.stdout.write(`${row?.id} ${row?.seq}\n`)
}
