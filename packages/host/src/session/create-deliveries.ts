import { setTimeout as sleep } from 'node:timers/promises'
import type { Author } from '@nanoclaw/adapters'
import type { Agent, Session } from '@nanoclaw/core'
import { idempotencyKey } from '@nanoclaw/schema'
import type { DeliveryDeps } from '../delivery/delivery-deps.ts'
import { askedKind } from '../delivery/open-questions.ts'
import { SessionDeliveries } from '../delivery/session-deliveries.ts'
import type { ActorDeps } from './actor-deps.ts'
import { answerInDoubt, askInDoubt, questionOf } from './ask-in-doubt.ts'
import { askOutside } from './ask-outside.ts'
import { nameOfPlace } from './name-of-place.ts'

/** What a session's actor and its host give to its deliveries. */
export interface CreateDeliveriesDeps
  extends
    Pick<
      ActorDeps,
      | 'core'
      | 'channels'
      | 'policyOf'
      | 'underWay'
      | 'missingChannels'
      | 'questions'
      | 'postOffice'
      | 'actions'
      | 'logger'
      | 'loop'
      | 'random'
    >,
    Pick<DeliveryDeps, 'mailbox' | 'trace' | 'signal' | 'trouble' | 'onNotice' | 'onChange'> {
  readonly agent: Agent
  readonly session: Session
}

/** What the audit log tells of, too. */
const refusals: ReadonlySet<string> = new Set(['delivery-refused', 'action-refused'])

/** As whom an agent speaks. */
export function authorOf({ id, name }: Agent): Author {
  return { id, name }
}

/** The deliveries of one session, judged by what its agent may do and whom it has heard. */
export function createDeliveries(deps: CreateDeliveriesDeps): SessionDeliveries {
  const { core, agent, session, logger } = deps
  const about = { sessionId: session.id, agentGroupId: agent.id }
  const tell = async (kind: string, subject: string, message: string): Promise<void> => {
    logger.warn({ session: session.id, kind }, message)
    await core.incidents.open({ kind, subject, message, ...about })
    if (!refusals.has(kind)) return
    const details = { message, sessionId: session.id }
    await core.audit.write({ kind: 'delivery-refused', actor: agent.id, subject, details })
  }
  return new SessionDeliveries({
    ...deps,
    sessionId: session.id,
    author: authorOf(agent),
    receipts: core.receipts,
    clock: core.clock,
    sleep: (ms) => sleep(ms, undefined, { signal: deps.signal }).catch(() => undefined),
    authorize: (target, operation) =>
      core.destinations.authorize({
        agentGroupId: agent.id,
        sessionId: session.id,
        target,
        operation,
      }),
    mayPass: (delivery, meaning, reason) => askOutside(deps, delivery, meaning, reason),
    mail: deps.postOffice.wayOf(deps),
    actions: deps.actions.wayOf(deps),
    tell: (kind, message) => tell(kind, session.id, message),
    ask: async (messageOutId, doubt) => {
      await tell(askedKind, messageOutId, questionOf(messageOutId, doubt))
      await askInDoubt(deps, messageOutId, doubt)
    },
    over: async (kind) => {
      await core.incidents.resolve(kind, session.id)
    },
    answered: (messageOutId) => answerInDoubt(deps, messageOutId),
    askedBefore: deps.questions.of(session.id),
    missing: ({ channelType, channelInstance }) =>
      deps.missingChannels.missing({ channelType, instance: channelInstance }),
    nameOf: (place) => nameOfPlace(core, agent.id, place),
    keyOf: (rowId, part) => idempotencyKey(core.installId, session.id, rowId, part),
  })
}
