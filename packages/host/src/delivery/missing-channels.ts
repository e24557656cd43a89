import type { Incidents, Logger } from '@nanoclaw/core'
import { errorMessage } from '@nanoclaw/schema'
import { channelName } from '../channels/channel-name.ts'
import type { PolicyChannel } from './policies.ts'

const kind = 'channel-missing'
/** So often it is kept that it is still missing, in milliseconds; whoever waits says so far more often. */
const againMs = 600_000

/** Tells the operator of channels that something waits for and that nobody serves. */
export interface MissingChannels {
  /** Something waits for it, still or again: one incident until it is there, resolved by hand or not. */
  missing(channel: PolicyChannel): void
  /** It is there. */
  found(channel: PolicyChannel): void
  /** Ends the incidents of those that nothing has waited for during ten minutes. */
  look(): Promise<void>
  /** Resolves when all that was told is kept. */
  settled(): Promise<void>
}

/** One incident for each channel, whichever sessions wait for it. */
export function createMissingChannels(deps: {
  readonly incidents: Pick<Incidents, 'open' | 'resolve' | 'list'>
  readonly logger: Logger
  /** A monotonic clock in milliseconds. Default: the process's. */
  now?(): number
}): MissingChannels {
  const { incidents, logger, now = () => performance.now() } = deps
  const startedAt = now()
  const keptAt = new Map<string, number>()
  const missedAt = new Map<string, number>()
  /** Subjects of open incidents, by us or by an earlier process; undefined: not known yet. */
  let open: Set<string> | undefined
  let last: Promise<unknown> = Promise.resolve()
  // One after the other: what is opened last must not be what is over.
  const keep = (work: (open: Set<string>) => Promise<unknown>): void => {
    const done = last.then(async () => {
      open ??= await openNow(incidents)
      await work(open)
    })
    last = done.catch((error: unknown) => {
      logger.error({ err: error }, `an incident could not be kept: ${errorMessage(error)}`)
    })
  }
  const resolve = async (among: Set<string>, subject: string): Promise<void> => {
    if (!among.has(subject)) return
    await incidents.resolve(kind, subject)
    among.delete(subject)
  }
  return {
    missing: (channel) => {
      const subject = channelName(channel)
      missedAt.set(subject, now())
      if (now() - (keptAt.get(subject) ?? -Infinity) < againMs) return
      keptAt.set(subject, now())
      const advice = 'what is sent there waits; add the channel, or revoke the destination'
      const message = `no adapter serves the channel ${subject}; ${advice}`
      logger.warn({ kind, channel: subject }, message)
      keep(async (among) => {
        await incidents.open({ kind, subject, message })
        among.add(subject)
      })
    },
    found: (channel) => {
      const subject = channelName(channel)
      keptAt.delete(subject)
      keep((among) => resolve(among, subject))
    },
    look: () => {
      keep(async (among) => {
        for (const subject of among) {
          if (now() - (missedAt.get(subject) ?? startedAt) < againMs) continue
          keptAt.delete(subject)
          await resolve(among, subject)
        }
      })
      return last.then(() => undefined)
    },
    settled: async () => {
      await last
    },
  }
}

async function openNow(incidents: Pick<Incidents, 'list'>): Promise<Set<string>> {
  const open = await incidents.list({ open: true })
  return new Set(open.filter((each) => each.kind === kind).map(({ subject }) => subject))
}
