import type { Incidents, Logger } from '@nanoclaw/core'
import { errorMessage } from '@nanoclaw/schema'
import { channelName } from '../channels/channel-name.ts'
import type { PolicyChannel } from './policies.ts'

const kind = 'channel-missing'
/** So often it is kept that it is still missing, in milliseconds. */
const againMs = 600_000

/** Tells the operator of channels that something waits for and that nobody serves. */
export interface MissingChannels {
  /** Something waits for it, still or again: one incident until it is there, resolved by hand or not. */
  missing(channel: PolicyChannel): void
  /** It is there. */
  found(channel: PolicyChannel): void
  /** Resolves when all that was told is kept. */
  settled(): Promise<void>
}

/** One incident for each channel, whichever sessions wait for it. */
export function createMissingChannels(deps: {
  readonly incidents: Pick<Incidents, 'open' | 'resolve'>
  readonly logger: Logger
  /** A monotonic clock in milliseconds. Default: the process's. */
  now?(): number
}): MissingChannels {
  const { incidents, logger, now = () => performance.now() } = deps
  const keptAt = new Map<string, number>()
  let last: Promise<unknown> = Promise.resolve()
  // One after the other: what is opened last must not be what is over.
  const keep = (work: () => Promise<unknown>): void => {
    last = last.then(work).catch((error: unknown) => {
      logger.error({ err: error }, `an incident could not be kept: ${errorMessage(error)}`)
    })
  }
  return {
    missing: (channel) => {
      const subject = channelName(channel)
      if (now() - (keptAt.get(subject) ?? -Infinity) < againMs) return
      keptAt.set(subject, now())
      const advice = 'what is sent there waits; add the channel, or revoke the destination'
      const message = `no adapter serves the channel ${subject}; ${advice}`
      logger.warn({ kind, channel: subject }, message)
      keep(() => incidents.open({ kind, subject, message }))
    },
    found: (channel) => {
      const subject = channelName(channel)
      keptAt.delete(subject)
      // An earlier process may have told of it.
      keep(() => incidents.resolve(kind, subject))
    },
    settled: async () => {
      await last
    },
  }
}
