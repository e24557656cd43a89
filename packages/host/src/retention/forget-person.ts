import type { Core, ForgetReport, OutboundReader, Person, Session } from '@nanoclaw/core'
import type { ActorRegistry } from '../session/actor-registry.ts'

/** What forgetting somebody in a running host needs. */
export interface ForgetPersonDeps {
  readonly core: Core
  readonly registry: Pick<ActorRegistry, 'hold'>
  readonly reader: OutboundReader
  /** Sessions that were held go on. */
  onDue(): void
}

/** Whether a container has said something that is not in the ledger. What cannot be read is not. */
async function isUntaken({ core, reader }: ForgetPersonDeps, session: Session): Promise<boolean> {
  const { agentGroupId, id: sessionId } = session
  const mailbox = await core.mailboxes.openExisting(agentGroupId, sessionId)
  if (mailbox === undefined) return false
  try {
    const [after, largestSeq] = [await mailbox.cursor(), await mailbox.largestSeq()]
    const request = { agentGroupId, sessionId, after, largestSeq, limit: 0, ackIds: [] }
    const outcome = await reader.read(request)
    return outcome.outcome === 'busy' || (outcome.outcome === 'rows' && outcome.more)
  } finally {
    await mailbox.close()
  }
}

/** Forgets somebody: each session that they took part in is held while it is done there. */
export async function forgetPerson(
  deps: ForgetPersonDeps,
  person: Person,
  dryRun: boolean,
): Promise<ForgetReport> {
  const { core, registry, reader, onDue } = deps
  try {
    return await core.forget(person, {
      dryRun,
      hold: (session, work) =>
        registry.hold(session.id, async () => {
          const done = await work()
          reader.forget?.(session.agentGroupId, session.id)
          return done
        }),
      isUntaken: (session) => isUntaken(deps, session),
    })
  } finally {
    onDue()
  }
}
