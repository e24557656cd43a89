import { setTimeout as sleep } from 'node:timers/promises'
import type { Author } from '@nanoclaw/adapters'
import type { Agent, HeardFrom, Session } from '@nanoclaw/core'
import { idempotencyKey } from '@nanoclaw/schema'
import type { DeliveryDeps } from '../delivery/delivery-deps.ts'
import { SessionDeliveries } from '../delivery/session-deliveries.ts'
import type { ActorDeps } from './actor-deps.ts'
import { nameOfPlace } from './name-of-place.ts'

/** What a session's actor and its host give to its deliveries. */
export interface CreateDeliveriesDeps
  extends
    Pick<ActorDeps, 'core' | 'channels' | 'settings' | 'logger' | 'random'>,
    Pick<DeliveryDeps, 'mailbox' | 'trace' | 'signal' | 'trouble' | 'onNotice' | 'onChange'> {
  readonly agent: Agent
  readonly session: Session
  /** Whom the running container may have heard. */
  heard(): readonly HeardFrom[]
}

/** As whom an agent speaks. */
export function authorOf({ id, name }: Agent): Author {
  return { id, name }
}

/** The deliveries of one session, judged by what its agent may do and whom it has heard. */
export function createDeliveries(deps: CreateDeliveriesDeps): SessionDeliveries {
  const { core, agent, session } = deps
  return new SessionDeliveries({
    ...deps,
    author: authorOf(agent),
    clock: core.clock,
    sleep: (ms) => sleep(ms, undefined, { signal: deps.signal }).catch(() => undefined),
    authorize: (target) =>
      core.destinations.authorize({
        agentGroupId: agent.id,
        target,
        operation: 'message',
        origins: deps.heard(),
      }),
    nameOf: (place) => nameOfPlace(core, agent.id, place),
    keyOf: (rowId, part) => idempotencyKey(core.installId, session.id, rowId, part),
  })
}
