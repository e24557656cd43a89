import { errorMessage, isNanoclawError, NanoclawError } from '@nanoclaw/schema'
import { retryBusy } from '../central/retry-busy.ts'
import type { Logger } from '../logger.ts'
import type { Mailbox, MailboxStore } from '../mailbox/mailbox.ts'
import type { Session, Sessions } from '../sessions/types.ts'
import type { FoundMessage } from './types.ts'

/** Where messages are looked for. */
export interface FindDeps {
  readonly sessions: Sessions
  readonly mailboxes: MailboxStore
  readonly logger: Logger
}

/** Does something with the mailbox of a session, if it has one. */
export async function withMailbox<T>(
  { mailboxes }: FindDeps,
  { agentGroupId, id }: Session,
  work: (mailbox: Mailbox) => Promise<T>,
): Promise<T | undefined> {
  return retryBusy(async () => {
    const mailbox = await mailboxes.openExisting(agentGroupId, id)
    if (mailbox === undefined) return undefined
    try {
      return await work(mailbox)
    } finally {
      await mailbox.close()
    }
  })
}

async function directionOf(mailbox: Mailbox, id: string): Promise<'in' | 'out' | undefined> {
  if ((await mailbox.inbound(id)) !== undefined) return 'in'
  return (await mailbox.delivery(id)) === undefined ? undefined : 'out'
}

/** Active ones first, and of these the one last active. */
function latestFirst(a: Session, b: Session): number {
  if (a.status !== b.status) return a.status === 'active' ? -1 : 1
  const [first, second] = [a, b].map(({ lastActive, createdAt }) => lastActive ?? createdAt)
  return (second ?? '').localeCompare(first ?? '')
}

/**
 * Looks for a message in one session after the other; one that cannot be read hides none of the others.
 * Throws `io` where it is in none that can be read, and there are some that cannot.
 */
export async function findMessage(deps: FindDeps, id: string): Promise<FoundMessage | undefined> {
  const sessions = await deps.sessions.list()
  const unread: string[] = []
  for (const session of sessions.toSorted(latestFirst)) {
    try {
      const direction = await withMailbox(deps, session, (mailbox) => directionOf(mailbox, id))
      if (direction !== undefined) return { session, direction }
    } catch (error) {
      if (isNanoclawError(error) && error.code === 'closed') throw error
      const why = errorMessage(error)
      unread.push(`${session.id} (${why})`)
      deps.logger.error({ sessionId: session.id, error: why }, 'a session cannot be read')
    }
  }
  if (unread.length === 0) return undefined
  throw new NanoclawError(
    'io',
    `no message has the id ${id} in the sessions that can be read; of ${sessions.length} these cannot: ${unread.slice(0, 3).join(', ')}`,
  )
}
