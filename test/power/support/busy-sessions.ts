// Opens fifty sessions of a home, says so, and lets them commit at once when it is told to: how fast,
// whether in order, and how long the event loop was kept from its work, as JSON.
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { createCore, type Core, type Mailbox } from '@nanoclaw/core'

const [home = ''] = process.argv.slice(2)
const sessions = 50
const rows = 10
const origin = { channelType: 'test', channelInstance: '', platformId: 'family', threadId: null }

async function openMailboxes(core: Core): Promise<readonly Mailbox[]> {
  const agent = await core.agents.create({ name: 'Max' })
  const chat = await core.chats.create({ ...origin, name: 'family' })
  const mailboxes: Mailbox[] = []
  for (let n = 0; n < sessions; n += 1) {
    const request = { agentGroupId: agent.id, messagingGroupId: chat.id, threadId: `${n}` }
    const { session } = await core.resolveSession({ ...request, sessionMode: 'per-thread' })
    const mailbox = await core.mailboxes.open(agent.id, session.id)
    await append(mailbox)
    mailboxes.push(mailbox)
  }
  return mailboxes
}

/** Milliseconds that each turn of the loop came later than it was to. */
async function watchLoop(ended: AbortSignal): Promise<readonly number[]> {
  const late: number[] = []
  while (!ended.aborted) {
    const begun = performance.now()
    await pause(1)
    late.push(performance.now() - begun - 1)
  }
  return late.toSorted((a, b) => a - b)
}

async function append(mailbox: Mailbox): Promise<boolean> {
  const seqs: number[] = []
  const add = async (text: string) => {
    const content = { text, sender: 'Ann', senderId: 'ann' }
    const [added] = await mailbox.append([{ kind: 'chat', content, origin }])
    seqs.push(added?.seq ?? 0)
  }
  // Two at a time: what is asked for first is done first.
  for (let n = 0; n < rows; n += 2) await Promise.all([add(`${n}`), add(`${n + 1}`)])
  return seqs.every((seq, index) => index === 0 || seq === (seqs[index - 1] ?? 0) + 2)
}

const core = await createCore({ home })
const mailboxes = await openMailboxes(core)
console.log('ready')
await once(process.stdin, 'data')
const end = new AbortController()
const watching = watchLoop(end.signal)
const begun = performance.now()
const inOrder = await Promise.all(mailboxes.map(append))
const seconds = (performance.now() - begun) / 1_000
end.abort()
const late = await watching
const lateAt = (share: number) => late[Math.floor(late.length * share)]
const perSecond = (sessions * rows) / seconds
console.log(
  JSON.stringify({
    inOrder: inOrder.every(Boolean),
    perSecond,
    p50: lateAt(0.5),
    p95: lateAt(0.95),
    p99: lateAt(0.99),
  }),
)
process.exit()
