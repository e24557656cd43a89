import { isNanoclawError, NanoclawError } from '@nanoclaw/schema'
import type { CentralStore } from '../central/central-store.ts'
import { retryBusy } from '../central/retry-busy.ts'
import type { HomeLock } from '../files/home-files.ts'
import type { Session, Sessions } from '../sessions/types.ts'
import { forgetInSession, type ForgetSessionDeps, type SessionGone } from './forget-session.ts'
import { scrubCentral, type ForgottenInSessions, type ScrubbedCentral } from './forget-central.ts'
import type { ForgetOptions, ForgetReport, Person } from './types.ts'

/** What forgetting needs. */
export interface ForgetDeps extends Omit<ForgetSessionDeps, 'notePruned' | 'removeCentral'> {
  readonly store: CentralStore
  readonly sessions: Sessions
  readonly lockHome: () => Promise<HomeLock>
}

const beyond: readonly string[] = [
  'what others have quoted of them, and what was said to others about them, stays',
  'what the agent has written into its own folder (agents/), for itself, was not looked at',
  'the chat and its wiring stay, by the id that the platform gives it: they are your configuration',
  'copies that somebody has made of this home, and central.db.*.bak, were not touched',
  'the platform keeps what it keeps, and so does whoever runs the model',
]

function assertPerson({ channelType, handle }: Person): void {
  if (channelType !== '' && handle !== '') return
  throw new NanoclawError('bad-option', 'expected a channel and the id of somebody there')
}

/** {@link ForgetReport}: what it does is said at `Core.forget`. */
export function createForget(deps: ForgetDeps) {
  return async (person: Person, options: ForgetOptions = {}): Promise<ForgetReport> => {
    assertPerson(person)
    const { dryRun = false, hold } = options
    const lock = dryRun || hold !== undefined ? undefined : await deps.lockHome()
    try {
      const central = await retryBusy(() => scrubCentral(deps.layout.centralDb))
      try {
        return await forget(deps, central, person, { ...options, dryRun })
      } finally {
        central.close()
      }
    } finally {
      lock?.release()
    }
  }
}

type Counts = ForgetReport['central']

function sum(a: Counts, b: Counts): Counts {
  return {
    receipts: a.receipts + b.receipts,
    channelState: a.channelState + b.channelState,
    incidents: a.incidents + b.incidents,
    chatNames: a.chatNames + b.chatNames,
  }
}

/** One session that is damaged holds up no other. Throws what is not about this session alone. */
function unreadable({ id: sessionId, agentGroupId }: Session, error: unknown): SessionGone {
  const isOwn = isNanoclawError(error) && ['corrupt', 'newer-schema', 'io'].includes(error.code)
  if (!isOwn) throw error
  const nothing = { isWhole: false, inbound: 0, deliveries: 0, events: 0, archived: 0 }
  const report = { sessionId, agentGroupId, ...nothing, left: error.message }
  return { report, sessionId, deliveryIds: [], places: [] }
}

async function forget(
  deps: ForgetDeps,
  central: ScrubbedCentral,
  person: Person,
  options: ForgetOptions & { readonly dryRun: boolean },
): Promise<ForgetReport> {
  const { store, sessions } = deps
  const { dryRun, hold = async (_session, work) => work() } = options
  let removed: Counts = { receipts: 0, channelState: 0, incidents: 0, chatNames: 0 }
  const inCentral = async (forgotten: Omit<ForgottenInSessions, 'person'>): Promise<void> => {
    const all = { person, ...forgotten }
    const found = await retryBusy(() => (dryRun ? central.count(all) : central.remove(all)))
    removed = sum(removed, found)
  }
  const sessionDeps: ForgetSessionDeps = {
    ...deps,
    async notePruned(stamp) {
      if (stamp > 0) await store.write('retention', 'setPrunedThrough', stamp)
    },
    removeCentral: ({ sessionId, deliveryIds, places }) =>
      inCentral({ sessionIds: [sessionId], deliveryIds, places }),
  }
  const found: SessionGone[] = []
  for (const session of await sessions.list()) {
    try {
      // First only a look: a session that has nothing of theirs is not disturbed.
      const seen = await forgetInSession(sessionDeps, session, person, { ...options, dryRun: true })
      if (seen === undefined) continue
      const inSession = () => forgetInSession(sessionDeps, session, person, options)
      found.push((dryRun ? undefined : await hold(session, inSession)) ?? seen)
    } catch (error) {
      found.push(unreadable(session, error))
    }
  }
  if (dryRun) {
    const sessionIds = found.map(({ sessionId }) => sessionId)
    const deliveryIds = found.flatMap((gone) => gone.deliveryIds)
    const places = found.flatMap((gone) => gone.places)
    await inCentral({ sessionIds, deliveryIds, places })
  } else {
    // What no session has to do with.
    await inCentral({ sessionIds: [], deliveryIds: [], places: [] })
    // Also where nothing was found: an earlier run may have been cut off before it.
    await retryBusy(() => central.overwrite())
  }
  return { person, dryRun, sessions: found.map(({ report }) => report), central: removed, beyond }
}
