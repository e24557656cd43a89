import type {
  Agent,
  Approval,
  ChildOutcome,
  ChildSpec,
  Core,
  Mailbox,
  Session,
} from '@nanoclaw/core'
import { errorMessage, isNanoclawError, parseCreateAgent } from '@nanoclaw/schema'
import type { HostLimits } from '../limits.ts'
import type { ActionOutcome, AgentAction } from './action.ts'
import { causeOf } from './cause.ts'

/** What making agents needs of the host. */
export interface CreateAgentDeps {
  readonly core: Core
  readonly limits: Pick<HostLimits, 'childAgents'>
}

/** Who asks. */
export interface Asker {
  readonly agent: Agent
  readonly session: Session
  readonly mailbox: Mailbox
}

function done(made: ChildOutcome): ActionOutcome {
  if (made.outcome === 'refused') return made
  const { agent, destination } = made
  const name = destination.localName
  return {
    outcome: 'done',
    result: `The agent ${JSON.stringify(agent.name)} is there. Write to it as ${name}; it calls you "parent".`,
  }
}

function submitted({ status, id }: Approval): ActionOutcome {
  if (status === 'pending') {
    const result = `Submitted: a person has to approve it (request ${id}). You will be told what becomes of it; do not ask again.`
    return { outcome: 'done', result }
  }
  if (status === 'rejected') return { outcome: 'refused', reason: 'a person has rejected it' }
  if (status === 'expired') return { outcome: 'refused', reason: 'nobody has decided it in time' }
  const result = `Submitted: it was approved, and you are told what becomes of it.`
  return { outcome: 'done', result }
}

/**
 * Has an agent made for another one, under the policy for `create_agent`. What an admin agent alone may
 * ask, no policy lets another. Rejects for what another try may mend.
 */
export async function createAgent(
  { core, limits }: CreateAgentDeps,
  { agent, session, mailbox }: Asker,
  action: AgentAction,
): Promise<ActionOutcome> {
  let asked
  try {
    asked = parseCreateAgent(action.content)
  } catch (error) {
    return { outcome: 'refused', reason: errorMessage(error) }
  }
  const { name, instructions } = asked
  const before = await core.children.madeBy(action.id, agent.id, name)
  if (before !== undefined) return done(before)
  const refusal = await core.children.refusal(agent.id, limits.childAgents)
  if (refusal !== undefined) return { outcome: 'refused', reason: refusal }
  const provider = session.agentProvider ?? agent.provider
  const folder = await core.children.freeFolder(name)
  const spec: ChildSpec = { parentId: agent.id, name, folder, provider, instructions }
  const cause = await causeOf(mailbox, action.inReplyTo)
  const request = await core.approvals.request({
    action: 'create_agent',
    agentGroupId: agent.id,
    sessionId: session.id,
    effect: { ...spec },
    summary: `${agent.name} asks for an agent called ${name}`,
    reason: 'an agent that was made can be written to by the one that asked for it, and answers it',
    requestKey: JSON.stringify(['action', session.id, action.id]),
    onUserId: cause.userId,
    onMessageId: cause.messageId,
  })
  if (request.outcome === 'denied') return { outcome: 'refused', reason: request.reason }
  if (request.outcome === 'pending') return submitted(request.approval)
  const mostChildren = limits.childAgents
  const child = { spec, actionId: action.id, sessionId: session.id, mostChildren }
  const made = await core.children.create(child)
  // It can be written to in the turn that asked for it.
  if (made.outcome === 'created') await core.writeDestinations(session, mailbox)
  return done(made)
}

function specOf(effect: string): ChildSpec {
  // The host's own words, which a person has approved by their digest.
  return JSON.parse(effect) as ChildSpec
}

/** What is done when a person has approved it; once, however often it is asked for. */
export async function applyCreateAgent(
  { core, limits }: CreateAgentDeps,
  approval: Approval,
): Promise<
  { readonly outcome: 'applied' } | { readonly outcome: 'failed'; readonly error: string }
> {
  try {
    const made = await core.children.create({
      spec: specOf(approval.effect),
      actionId: approval.id,
      sessionId: approval.sessionId ?? '',
      mostChildren: limits.childAgents,
    })
    if (made.outcome === 'created') return { outcome: 'applied' }
    return { outcome: 'failed', error: made.reason }
  } catch (error) {
    const isFinal = isNanoclawError(error) && ['not-found', 'bad-option'].includes(error.code)
    if (!isFinal) throw error
    return { outcome: 'failed', error: errorMessage(error) }
  }
}
