import type { CentralStore } from '../central/central-store.ts'
import { retryBusy } from '../central/retry-busy.ts'
import type { Agents } from '../agents/types.ts'
import type { Mailbox, MailboxStore } from '../mailbox/mailbox.ts'
import type { Archives } from './archives.ts'
import { retentionReads, type SeenClock } from './retention-writes.ts'
import type { InSessionTurn } from './session-turns.ts'
import type { Removed } from './types.ts'

/** A session in which something may have been kept for long enough. */
export interface PrunableSession {
  readonly sessionId: string
  readonly agentGroupId: string
  /** What ended before this moment goes (ISO-8601 UTC). */
  readonly before: string
  /** Whether it goes into the archive first. */
  readonly archive: boolean
  /** When it was found (ISO-8601 UTC). */
  readonly foundAt: string
}

/** By which clock it is asked what is due. */
export interface DueOptions {
  /** Milliseconds since the epoch: a reading that is believed. Default: the clock's. */
  readonly now?: number | undefined
  /** Of which agents, by how many days they keep things. Default: all that do not for ever. */
  readonly isAsked?: ((retentionDays: number) => boolean) | undefined
}

/** What pruning a session did. */
export interface Pruned extends Removed {
  /** Nothing older is left. */
  readonly isDone: boolean
}

/** Removes what has ended and been kept for as long as its agent is to keep it. */
export interface Retention {
  /**
   * Sessions in which something may be older than their agents' `retentionDays`, by a day or, where
   * that is shorter, a tenth of them; those of agents that keep for ever never. By index; agents
   * have theirs in turn.
   */
  due(limit: number, options?: DueOptions): Promise<readonly PrunableSession[]>
  /**
   * Archives and removes at most so many bites of some hundred events, with the rows whose ends they
   * tell of and their files. May be done while the session is awake. Rejects as a mailbox does, and
   * with `io`, `disk-full`; what was removed until then is archived.
   */
  prune(session: PrunableSession, most?: { readonly bites?: number }): Promise<Pruned>
  /** What was noted of the clock, for whoever decides whether to believe it. */
  seenClock(): Promise<readonly SeenClock[]>
  /** When the newest session was last active, in milliseconds since the epoch; undefined: there is none. */
  newestActivity(): Promise<number | undefined>
  /** Notes what is known of the clock. */
  noteClock(seen: readonly SeenClock[]): Promise<void>
}

/** What pruning needs. */
export interface RetentionDeps {
  readonly store: CentralStore
  readonly agents: Agents
  readonly mailboxes: MailboxStore
  readonly archives: Archives
  readonly inTurn: InSessionTurn
}

const eventsPerBite = 300
const defaultBites = 20

const dayMs = 86_400_000
/** A session is looked at again when this share of the time has passed, a day at most. */
const slackShare = 0.1

/** Pruning over the central database and the mailboxes. */
export function createRetention(deps: RetentionDeps): Retention {
  const { store, agents, mailboxes, archives } = deps
  const reads = retentionReads(store)

  /** Before the events go, so that no crash hides from a subscriber that they did. */
  async function notePruned(stamp: number): Promise<void> {
    const known = await store.read(() => reads.prunedThrough())
    if (stamp <= known) return
    await store.write('retention', 'setPrunedThrough', stamp)
  }

  async function bite(session: PrunableSession, mailbox: Mailbox) {
    const { before } = session
    const found = await retryBusy(() => mailbox.prunable(before, eventsPerBite))
    const { rows, inboundIds, deliveryIds, throughEvent, oldestAt, isMore } = found
    if (throughEvent === 0) return { removed: nothing, oldestAt, isMore }
    await notePruned(throughEvent)
    const month = session.foundAt.slice(0, 'yyyy-mm'.length)
    const archived = session.archive
      ? await archives.append(session, { rows, at: found.archived, month })
      : undefined
    await archives.removeInbox(session, inboundIds)
    const request = { inboundIds, deliveryIds, throughEvent, before, archived }
    const removed = await retryBusy(() => mailbox.prune(request))
    return { removed, oldestAt, isMore }
  }

  async function prune(session: PrunableSession, bites: number): Promise<Pruned> {
    const mailbox = await retryBusy(() =>
      mailboxes.openExisting(session.agentGroupId, session.sessionId),
    )
    let sum: Pruned = { ...nothing, isDone: mailbox === undefined }
    let oldestAt: string | null = null
    try {
      for (let done = 0; mailbox !== undefined && done < bites && !sum.isDone; done += 1) {
        const { removed, ...left } = await bite(session, mailbox)
        sum = {
          inbound: sum.inbound + removed.inbound,
          deliveries: sum.deliveries + removed.deliveries,
          events: sum.events + removed.events,
          isDone: !left.isMore,
        }
        oldestAt = left.oldestAt
      }
    } finally {
      await mailbox?.close()
    }
    // Whatever is written from now on is younger than this.
    const at = oldestAt ?? session.foundAt
    if (sum.isDone) await store.write('retention', 'setOldest', session.sessionId, at)
    return sum
  }

  return {
    seenClock: () => store.read(reads.seenClock),
    newestActivity: () => store.read(reads.newestActivity),
    noteClock: (seen) => store.write('retention', 'noteClock', seen),
    async due(limit, { now = store.clock.now(), isAsked = () => true } = {}) {
      const ofAgents: (readonly PrunableSession[])[] = []
      const foundAt = new Date(now).toISOString()
      for (const { id, retentionDays, archive } of await agents.list({ deleted: true })) {
        if (retentionDays === null || !isAsked(retentionDays)) continue
        const keptMs = retentionDays * dayMs
        const slackMs = Math.min(dayMs, keptMs * slackShare)
        // Longer than there has been time.
        if (keptMs + slackMs >= now) continue
        const before = new Date(now - keptMs).toISOString()
        const dueBefore = new Date(now - keptMs - slackMs).toISOString()
        const older = await store.read(() => reads.older(id, dueBefore, limit))
        ofAgents.push(older.map((session) => ({ ...session, before, archive, foundAt })))
      }
      return inTurns(ofAgents).slice(0, limit)
    },
    prune: (session, { bites = defaultBites } = {}) =>
      deps.inTurn(session.sessionId, () => prune(session, bites)),
  }
}

/** The first of each, then the second of each: nobody waits until another has none. */
function inTurns<T>(lists: readonly (readonly T[])[]): readonly T[] {
  const longest = Math.max(0, ...lists.map(({ length }) => length))
  return Array.from({ length: longest }, (_, at) =>
    lists.flatMap((list) => list.slice(at, at + 1)),
  ).flat()
}

const nothing: Removed = { inbound: 0, deliveries: 0, events: 0 }
