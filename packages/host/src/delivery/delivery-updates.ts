import type { DeliveryUpdate } from '@nanoclaw/adapters'
import type { Core, Logger, Session } from '@nanoclaw/core'
import { timestamp } from '@nanoclaw/schema'
import type { SessionDeliveries } from './session-deliveries.ts'
import type { SendRef, UnderWay } from './under-way.ts'

const receiptsForMs = 30 * 24 * 60 * 60_000

/** What the reports of platforms need of the host. */
export interface DeliveryUpdatesDeps {
  readonly core: Core
  readonly logger: Logger
  readonly underWay: UnderWay
  /** Wakes a session for its deliveries. */
  use(session: Session, work: (awake: AwakeSession) => Promise<void>): Promise<void>
}

/** What of a session that is awake has to do with reports. */
export interface AwakeSession {
  readonly deliveries: Pick<SessionDeliveries, 'report'>
  /** Has it woken again should this process end; durable when it resolves. */
  announce(): Promise<void>
}

/** Brings what platforms report later to the sessions whose sends they are. */
export interface DeliveryUpdates {
  /** It is in the ledger when it resolves; of a key that nobody knows, in the log. */
  report(key: string, update: DeliveryUpdate): Promise<void>
  /** Forgets receipts that are older than 30 days. */
  forgetOld(): Promise<void>
}

/** Finds a send by its key: among those under way, else among those that are reported on later. */
export function createDeliveryUpdates(deps: DeliveryUpdatesDeps): DeliveryUpdates {
  const { core, logger, underWay } = deps
  return {
    report: async (key, update) => {
      const ref: SendRef | undefined = underWay.find(key) ?? (await core.receipts.find(key))
      const session = ref && (await core.sessions.get(ref.sessionId))
      if (ref === undefined || session === undefined) {
        logger.warn({ key, status: update.status }, 'a platform reports on a send nobody knows')
        return
      }
      await deps.use(session, async (awake) => {
        // What is left to be sent then is announced first, so that a crash can only wake in vain.
        await awake.announce()
        await awake.deliveries.report(ref, update)
      })
    },
    forgetOld: async () => {
      await core.receipts.forget(timestamp(core.clock, -receiptsForMs))
    },
  }
}
