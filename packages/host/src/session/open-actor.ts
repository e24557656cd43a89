import type { Session } from '@nanoclaw/core'
import { NanoclawError } from '@nanoclaw/schema'
import type { ActorDeps } from './actor-deps.ts'
import { endRows } from './end-rows.ts'
import { SessionActor } from './session-actor.ts'

/** What is the same for all actors, and who is told that one of them has changed. */
export interface OpenActorDeps extends Omit<ActorDeps, 'isQuarantined' | 'onChange'> {
  isQuarantined(sessionId: string): boolean
  onChange(actor: SessionActor): void
}

/** Opens a session's mailbox, making its files where they are missing, and goes on with it. */
export async function openActor(deps: OpenActorDeps, session: Session): Promise<SessionActor> {
  const { core } = deps
  const agent = await core.agents.get(session.agentGroupId)
  if (agent === undefined) {
    throw new NanoclawError('not-found', `session ${session.id} belongs to no known agent`)
  }
  await core.mailboxes.init(agent.id, session.id)
  const mailbox = await core.mailboxes.open(agent.id, session.id)
  const actor: SessionActor = new SessionActor(session, agent, mailbox, {
    ...deps,
    isQuarantined: deps.isQuarantined(session.id),
    onChange: () => deps.onChange(actor),
  })
  try {
    if (agent.deletedAt !== null) await endRows(mailbox, deps.chatWords)
    await actor.resume()
  } catch (error) {
    await actor.stop()
    throw error
  }
  return actor
}
