import type { Core, Mailbox, OutboundReader, Session } from '@nanoclaw/core'

/** What it takes to look at what the containers of sessions left. */
export interface ContainerQuestionsDeps {
  readonly core: Pick<Core, 'agents' | 'mailboxes' | 'sessions'>
  readonly reader: Pick<OutboundReader, 'read'>
}

/** Questions of `ForgetOptions`, answered. */
export interface ContainerQuestions {
  readonly isUntaken: (session: Session) => Promise<boolean>
  readonly isUndecided: (session: Session) => Promise<boolean>
}

/** More than ever wait. */
const mostPending = 100_000
/** So many rows are asked about at once. */
const idsPerRead = 1_000

/**
 * What has to be known of a session's container before what it wrote is removed, for `Core.forget`.
 * What cannot be read is not known, and taken for the worse.
 */
export function containerQuestions({ core, reader }: ContainerQuestionsDeps): ContainerQuestions {
  const read = async (session: Session, mailbox: Mailbox, ackIds: readonly string[]) => {
    const { agentGroupId, id: sessionId } = session
    const [after, largestSeq] = [await mailbox.cursor(), await mailbox.largestSeq()]
    return reader.read({ agentGroupId, sessionId, after, largestSeq, limit: 0, ackIds })
  }
  const look = async (session: Session, at: (mailbox: Mailbox) => Promise<boolean>) => {
    const mailbox = await core.mailboxes.openExisting(session.agentGroupId, session.id)
    if (mailbox === undefined) return false
    try {
      return await at(mailbox)
    } finally {
      await mailbox.close()
    }
  }
  return {
    isUntaken: (session) =>
      look(session, async (mailbox) => {
        const found = await read(session, mailbox, [])
        return found.outcome !== 'rows' || found.more
      }),
    async isUndecided(session) {
      const agent = await core.agents.get(session.agentGroupId)
      if (agent?.onInterrupted !== 'ask') return false
      return look(session, async (mailbox) => {
        const epoch = (await core.sessions.get(session.id))?.epoch ?? session.epoch
        const asked = await mailbox.askedEpoch()
        if (asked >= epoch) return false
        const ids = (await mailbox.pending(mostPending)).map(({ id }) => id)
        for (let at = 0; at < ids.length; at += idsPerRead) {
          const found = await read(session, mailbox, ids.slice(at, at + idsPerRead))
          if (found.outcome !== 'rows') return true
          if (found.acks.some((ack) => (ack.epoch ?? epoch) > asked)) return true
        }
        return false
      })
    },
  }
}
