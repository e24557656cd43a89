import { isAsked, type Core, type IncidentRecord } from '@nanoclaw/core'
import { NanoclawError } from '@nanoclaw/schema'
import { noteCommand } from './admin/note-command.ts'

/** What resolving an incident undoes, by the session that it is about. */
export interface IncidentEffects {
  /** Lifts its quarantine. */
  readonly release: (sessionId: string) => Promise<unknown>
  /** Ends the messages of its interrupted turn as failed. */
  readonly letBe: (sessionId: string) => Promise<unknown>
}

/**
 * Resolves an open incident, with all that follows from it; false when none has that id.
 * @throws NanoclawError `bad-state` for a message of which a person is asked whether it arrived:
 *   that is settled by an answer.
 */
export async function resolveIncident(
  core: Core,
  id: string,
  effects: IncidentEffects,
): Promise<boolean> {
  const incident = await core.incidents.get(id)
  if (incident === undefined || incident.resolvedAt !== null) return false
  await noteCommand(core, 'incidents --resolve', { id, kind: incident.kind })
  const { kind, subject } = incident
  if (kind === 'session-quarantined') await effects.release(subject)
  if (kind === 'turn-interrupted') await effects.letBe(subject)
  if (kind === 'delivery-ambiguous') await expectAnswered(core, incident)
  // No more than a second look where that has resolved it.
  await core.incidents.resolve(kind, subject)
  return true
}

async function expectAnswered(core: Core, incident: IncidentRecord): Promise<void> {
  const { subject, sessionId, agentGroupId } = incident
  if (sessionId === null || agentGroupId === null) return
  await using mailbox = await core.mailboxes.openExisting(agentGroupId, sessionId)
  const delivery = await mailbox?.delivery(subject)
  if (delivery === undefined || !isAsked(delivery)) return
  throw new NanoclawError(
    'bad-state',
    'this incident asks whether a message has arrived; look in the chat, then say so with ' +
      `nanoclaw deliveries --settle ${subject} delivered (or failed), or send it again with ` +
      `nanoclaw requeue ${subject}`,
  )
}
