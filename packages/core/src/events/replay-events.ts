import { setImmediate as nextTurn } from 'node:timers/promises'
import { errorMessage, isBusy, isNanoclawError, NanoclawError } from '@nanoclaw/schema'
import type { CentralStore } from '../central/central-store.ts'
import { retryBusy } from '../central/retry-busy.ts'
import type { Logger } from '../logger.ts'
import type { MailboxStore } from '../mailbox/mailbox.ts'
import type { SessionWithEvents } from './central-events.ts'
import type { EventLog } from './event-log.ts'
import { retentionReads } from '../retention/retention-writes.ts'
import { UnknownOutcome } from '../threads/unknown-outcome.ts'
import { mergeEvents, type OpenEvents, type OpenSource } from './merge-events.ts'
import type { StampedEvent } from './types.ts'

/** What reading the events of a home needs. */
export interface ReplayDeps {
  readonly store: CentralStore
  readonly log: EventLog
  readonly mailboxes: MailboxStore
  readonly logger: Logger
}

/** The loop is let go at least so often. */
const longestTurnMs = 8

const nothing: OpenSource = { read: async () => [], close: async () => undefined }

/**
 * What the databases know of the events above `after` and up to `upTo`, in order. A session whose
 * file is corrupt or newer than this release is passed over, with an error in the log: those of all
 * others would wait for it else. Whatever may be over in a moment is thrown; so is `bad-state` where
 * some of them have been pruned, unless all are asked for.
 */
export async function* replayEvents(
  deps: ReplayDeps,
  range: { readonly after: number; readonly upTo: number; readonly signal: AbortSignal },
): AsyncGenerator<StampedEvent, void, undefined> {
  const { store, log } = deps
  const readCentral = async <T>(work: () => T): Promise<T> => {
    try {
      return await store.read(work)
    } catch (error) {
      throw explainLock('the central database', error)
    }
  }
  const { prunedThrough } = retentionReads(store)
  // Whoever begins at the beginning takes what is left.
  const assertWhole = (through: number): void => {
    if (range.after > 0 && range.after < through) throw prunedSince(log, range.after)
  }
  assertWhole(await readCentral(prunedThrough))
  const sessions = await readCentral(() => log.central.sessionsAfter(range.after))
  const incidents: OpenEvents = async () => ({
    read: (after, limit) => readCentral(() => log.central.incidentsAfter(after, limit)),
    close: async () => undefined,
  })
  let turnBegan = performance.now()
  const paced = async (open: () => Promise<OpenSource>): Promise<OpenSource> => {
    if (performance.now() - turnBegan > longestTurnMs) {
      await nextTurn()
      turnBegan = performance.now()
    }
    range.signal.throwIfAborted()
    return open()
  }
  const sources = sessions.map(
    (session): OpenEvents =>
      () =>
        paced(() => openSession(deps, session)),
  )
  yield* mergeEvents([incidents, ...sources], range)
  // Something may have been pruned before it was read.
  assertWhole(await readCentral(prunedThrough))
}

function prunedSince({ cursors }: EventLog, stamp: number): NanoclawError {
  return new NanoclawError(
    'bad-state',
    `events after ${cursors.toCursor(stamp)} are no longer kept (see retentionDays of agents); what is left begins at 'beginning'`,
  )
}

/** What is the same however often it is tried. */
function isLasting(error: unknown): boolean {
  return isNanoclawError(error) && (error.code === 'corrupt' || error.code === 'newer-schema')
}

/** A lock that stayed, in words; other errors as they are. */
function explainLock(what: string, error: unknown): unknown {
  if (!isBusy(error)) return error
  return new NanoclawError(
    'io',
    `another program has held the lock of ${what} for some seconds; end it, and subscribe again from the last cursor`,
    { cause: error },
  )
}

/** A request that ends its thread ends it again when it is repeated: this many deaths are not ours. */
const mostDeaths = 5

/** Reads again where a thread has ended, which another's request may have done. */
async function readAgain<T>(work: () => Promise<T>): Promise<T> {
  for (let deaths = 0; ; deaths += 1) {
    try {
      return await retryBusy(work)
    } catch (error) {
      if (!(error instanceof UnknownOutcome) || deaths === mostDeaths) throw error
    }
  }
}

async function openSession(deps: ReplayDeps, session: SessionWithEvents): Promise<OpenSource> {
  const { agentGroupId, sessionId } = session
  const release = deps.log.hold()
  const passOver = (error: unknown): void => {
    if (!isLasting(error)) throw explainLock(`the mailbox of ${sessionId}`, error)
    deps.logger.error(
      { agentGroupId, sessionId, error: errorMessage(error) },
      'the events of a session cannot be read; subscribers are not told of them',
    )
  }
  try {
    const mailbox = await readAgain(() => deps.mailboxes.openExisting(agentGroupId, sessionId))
    if (mailbox === undefined) {
      release()
      return nothing
    }
    return {
      async read(after, limit) {
        try {
          const events = await readAgain(() => mailbox.events(after, limit))
          return events.map((event) => deps.log.toStamped(event, agentGroupId, sessionId))
        } catch (error) {
          passOver(error)
          return []
        }
      },
      async close() {
        await mailbox.close()
        release()
      },
    }
  } catch (error) {
    release()
    passOver(error)
    return nothing
  }
}
