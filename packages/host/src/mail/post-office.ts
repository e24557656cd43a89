import type { Agent, Core, InboundRecord, Mailbox, NewInbound, Session } from '@nanoclaw/core'
import { agentChannelType, errorMessage, isNanoclawError, mailDedupeKey } from '@nanoclaw/schema'
import { unlessAborted } from '../deadline.ts'
import type { HostLimits } from '../limits.ts'
import type { Letter, MailWay, Posted } from './letter.ts'
import { createMailRate } from './mail-rate.ts'

/** Mail that answers mail that answers mail …: so often, and no more. */
const mostHops = 8

/** What carries mail from one session to another. */
export interface PostOfficeDeps {
  readonly core: Pick<Core, 'sessions' | 'resolveSession'>
  readonly limits: Pick<HostLimits, 'mailPerMinute' | 'mailBurst'>
  /** Appends rows in a session that may be asleep; durable when it resolves. */
  append(session: Session, rows: readonly NewInbound[]): Promise<unknown>
}

/** Whose mail it is. */
export interface Sender {
  readonly agent: Agent
  readonly session: Session
  readonly mailbox: Pick<Mailbox, 'inbound'>
  /** Aborted when the session is put away: the letter is posted again when it wakes. */
  readonly signal: AbortSignal
}

/** The mail of all sessions of a host. */
export interface PostOffice {
  wayOf(sender: Sender): MailWay
}

/** What the letter answers; a row that is none of this agent's own answers nothing. */
function answered({ inReplyTo }: Letter, { mailbox }: Sender): Promise<InboundRecord | undefined> {
  return inReplyTo === null ? Promise.resolve(undefined) : mailbox.inbound(inReplyTo)
}

function isMailOf(row: InboundRecord | undefined, agentGroupId: string): boolean {
  const { channelType, platformId } = row?.origin ?? {}
  return channelType === agentChannelType && platformId === agentGroupId
}

/** The envelope is the host's: nothing of it but the text is what the container says. */
function rowOf({ agent, session }: Sender, { id, text }: Letter, hops: number): NewInbound {
  return {
    kind: 'chat',
    content: { text, sender: agent.name, senderId: agent.id },
    // A thread for each session that writes: each is answered by itself.
    origin: {
      channelType: agentChannelType,
      channelInstance: '',
      platformId: agent.id,
      threadId: session.id,
    },
    dedupeKey: mailDedupeKey(session.id, id),
    sourceSessionId: session.id,
    hops,
  }
}

/** Why it can never arrive; undefined: another try may mend it. */
function finalOutcome(error: unknown): Posted | undefined {
  if (!isNanoclawError(error)) return undefined
  const reason = errorMessage(error)
  if (error.code === 'not-found') return { outcome: 'refused', reason }
  return error.code === 'bad-content' ? { outcome: 'failed', reason } : undefined
}

/** Carries mail: one row in the session that asked, else in the session of the agent's mail. */
export function createPostOffice(deps: PostOfficeDeps): PostOffice {
  const { core, limits } = deps
  const rate = createMailRate(limits, () => performance.now())

  const sessionFor = async ({ to }: Letter, row: InboundRecord | undefined): Promise<Session> => {
    const askedBy = isMailOf(row, to) ? (row?.sourceSessionId ?? null) : null
    const asking = askedBy === null ? undefined : await core.sessions.get(askedBy)
    if (asking?.status === 'active' && asking.agentGroupId === to) return asking
    const { session } = await core.resolveSession({ agentGroupId: to, sessionMode: 'mail' })
    return session
  }

  const post = async (sender: Sender, letter: Letter): Promise<Posted> => {
    const row = await answered(letter, sender)
    const hops = (row?.hops ?? 0) + 1
    if (hops > mostHops) {
      const reason = `it is the ${hops}th message in a row that agents have answered each other with, and after ${mostHops} no more are carried; a person has to write before it can go on`
      return { outcome: 'refused', reason }
    }
    try {
      const session = await sessionFor(letter, row)
      await deps.append(session, [rowOf(sender, letter, hops)])
      return { outcome: 'delivered' }
    } catch (error) {
      const final = finalOutcome(error)
      if (final === undefined) throw error
      return final
    }
  }

  return {
    wayOf: (sender) => ({
      admit: (to) =>
        rate.admit(sender.agent.id, to)
          ? undefined
          : `this agent has sent it too many messages, and ${limits.mailPerMinute} a minute are carried; wait a few minutes, and say more in one message`,
      post: (letter) => unlessAborted(post(sender, letter), sender.signal),
    }),
  }
}
