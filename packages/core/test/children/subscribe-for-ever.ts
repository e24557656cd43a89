import { createCore } from '../../src/index.ts'

/** Writes into several sessions and says what its own subscription tells, until it is killed. */
const [home = '', ...sessionIds] = process.argv.slice(2)
const core = await createCore({ home })
const sessions = (await core.sessions.list()).filter(({ id }) => sessionIds.includes(id))
const mailboxes = await Promise.all(
  sessions.map(({ agentGroupId, id }) => core.mailboxes.open(agentGroupId, id)),
)
const events = core.subscribe()
const content = { text: 'x'.repeat(3000), sender: 'Ann', senderId: 'ann' }

async function write(): Promise<never> {
  for (let round = 0; ; round += 1) {
    for (const [index, mailbox] of mailboxes.entries()) {
      const appended = await mailbox.append([{ kind: 'chat', content, origin: null }])
      const session = sessions[index]
      if (session !== undefined && round % 5 === index) await core.sessions.setDue(session.id, null)
      if (round % 3 === 0) await mailbox.end([appended[0]?.id ?? ''], 'completed')
    }
    await core.incidents.open({ kind: 'round', subject: `round ${round}`, message: 'again' })
  }
}

async function tell(): Promise<void> {
  for await (const event of events) process.stdout.write(`${JSON.stringify(event)}\n`)
}

await Promise.all([write(), tell()])
