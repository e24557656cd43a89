import { errorMessage, isNanoclawError } from '@nanoclaw/schema'
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

/** Looks for a message in one session after the other. */
export async function findMessage(deps: FindDeps, id: string): Promise<FoundMessage | undefined> {
  const sessions = await deps.sessions.list()
  for (const session of sessions.toSorted(latestFirst)) {
    try {
      const direction = await withMailbox(deps, session, (mailbox) => directionOf(mailbox, id))
      if (direction !== undefined) return { session, direction }
    } catch (error) {
      if (!isNanoclawError(error) || !['corrupt', 'newer-schema'].includes(error.code)) throw error
      deps.logger.error(
        { sessionId: session.id, error: errorMessage(error) },
        'a session cannot be read; messages are not looked for in it',
      )
    }
  }
  return undefined
}
