import { onTestFinished } from 'vitest'
import type { Core, CoreEvent, Mailbox, NewInbound, Session, TakenRow } from '../../src/index.ts'
import { wiredPair } from '../home.ts'

/** A chat row. */
export const row: NewInbound = {
  kind: 'chat',
  content: { text: 'hello', sender: 'Ann', senderId: 'ann' },
  origin: { channelType: 'test', channelInstance: '', platformId: 'family', threadId: null },
}

/** Sessions of one chat, a thread each. */
export async function threads(core: Core, count: number): Promise<Session[]> {
  const { agent, chat } = await wiredPair(core)
  const made: Session[] = []
  for (let index = 0; index < count; index += 1) {
    const request = { agentGroupId: agent.id, messagingGroupId: chat.id, threadId: `t${index}` }
    const { session } = await core.resolveSession({ ...request, sessionMode: 'per-thread' })
    made.push(session)
  }
  return made
}

/** A session's mailbox, closed at the end of the test. */
export async function opened(core: Core, session: Session): Promise<Mailbox> {
  const mailbox = await core.mailboxes.open(session.agentGroupId, session.id)
  onTestFinished(() => mailbox.close())
  return mailbox
}

/** What the agent says, to be taken as it is about to be sent. */
export function said(seq: number, values: Partial<TakenRow> = {}): TakenRow {
  return {
    row: {
      ...{ id: `out-${String(seq).padStart(8, '0')}`, seq, kind: 'chat', content: '{"text":"x"}' },
      ...{
        inReplyTo: null,
        turnId: null,
        timestamp: '2026-01-31T12:00:00.000Z',
        deliverAfter: null,
      },
      ...{ channelType: 'test', channelInstance: '', platformId: 'family', threadId: 't' },
    },
    status: 'sending',
    ...values,
  }
}

/** The first events of a subscription. */
export async function take(events: AsyncIterable<CoreEvent>, count: number): Promise<CoreEvent[]> {
  const taken: CoreEvent[] = []
  if (count === 0) return taken
  for await (const event of events) {
    taken.push(event)
    if (taken.length === count) break
  }
  return taken
}

/** The number in a cursor. */
export function stampOf(cursor: string): number {
  return Number(cursor.slice(-16))
}

let ends = 0

/** Everything from a cursor up to now. */
export async function readAll(core: Core, from: string): Promise<CoreEvent[]> {
  const subject = `end ${(ends += 1)}`
  await core.incidents.open({ kind: 'end-of-test', subject, message: '' })
  const all: CoreEvent[] = []
  for await (const event of core.subscribe(from)) {
    if (event.type === 'incident' && event.incident.subject === subject) break
    all.push(event)
  }
  return all.filter((event) => event.type !== 'incident' || event.incident.kind !== 'end-of-test')
}
