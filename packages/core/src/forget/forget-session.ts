import type { HomeLayout, JournalMode } from '@nanoclaw/schema'
import { retryBusy } from '../central/retry-busy.ts'
import { exists } from '../files/durable-files.ts'
import { sessionLayout } from '../mailbox/init-session.ts'
import type { MailboxStore } from '../mailbox/mailbox.ts'
import type { Archives } from '../retention/archives.ts'
import type { InSessionTurn } from '../retention/session-turns.ts'
import type { Session } from '../sessions/types.ts'
import { Gone } from './gone.ts'
import { scrubMailbox, type GoneRows, type ScrubbedMailbox } from './scrub-mailbox.ts'
import { hasSetAside, removeStrayFiles, removeTraces } from './session-traces.ts'
import type { ForgetOptions, ForgottenInSession, Person } from './types.ts'

/** What forgetting somebody in a session needs. */
export interface ForgetSessionDeps {
  readonly layout: HomeLayout
  readonly journal: JournalMode
  readonly mailboxes: MailboxStore
  readonly archives: Archives
  /** Whoever prunes the session meanwhile is waited for, and waits. */
  readonly inTurn: InSessionTurn
  /** Before events go: a subscriber who has not had them has to be told. */
  readonly notePruned: (throughEvent: number) => Promise<void>
  /** Removes what the central database knows of what goes. */
  readonly removeCentral: (gone: Omit<SessionGone, 'report'>) => Promise<void>
}

/** What was removed, for what the central database knows of it. */
export interface SessionGone {
  readonly report: ForgottenInSession
  readonly sessionId: string
  readonly deliveryIds: readonly string[]
  readonly places: readonly string[]
}

async function find(
  { archives }: ForgetSessionDeps,
  { agentGroupId, id: sessionId }: Session,
  person: Person,
  mailbox: ScrubbedMailbox,
): Promise<Gone> {
  const gone = new Gone(person)
  const archive = () => archives.read({ agentGroupId, sessionId })
  for await (const row of archive()) gone.noteSpeaker(row)
  for await (const row of mailbox.rows('messages_in')) gone.noteSpeaker(row)
  for await (const row of mailbox.rows('delivered')) gone.noteSpeaker(row)
  gone.noteSpoken(mailbox.spoken())
  if (!gone.mayBeMore) return gone
  for await (const row of archive()) gone.noteTurn(row)
  for await (const row of mailbox.rows('events')) gone.noteTurn(row)
  for await (const row of archive()) gone.noteAnswer(row)
  for (const table of ['messages_in', 'delivered'] as const) {
    for await (const row of mailbox.rows(table)) gone.noteAnswer(row)
  }
  return gone
}

async function goneRows(mailbox: ScrubbedMailbox, gone: Gone): Promise<GoneRows> {
  const inboundIds: string[] = []
  const deliveryIds: string[] = []
  const eventIds: number[] = []
  for (const table of ['messages_in', 'delivered', 'events'] as const) {
    for await (const found of mailbox.rows(table)) {
      if (!gone.has(found)) continue
      const { id, messageOutId } = found.row
      if (table === 'messages_in') inboundIds.push(String(id))
      else if (table === 'delivered') deliveryIds.push(String(messageOutId))
      else eventIds.push(Number(id))
    }
  }
  return { inboundIds, deliveryIds, eventIds }
}

/** Why what the container wrote cannot go yet: others would lose by it. */
async function whyLeft(
  session: Session,
  { isUntaken, isUndecided }: ForgetOptions,
): Promise<string | undefined> {
  if ((await isUntaken?.(session)) === true) {
    return 'its container may have said something to others that has not been taken yet; forget again in a moment'
  }
  if ((await isUndecided?.(session)) === true) {
    return 'a turn for others was cut off, and its agent is to ask before one runs again; answer the incident when the daemon has asked, and forget again'
  }
  return undefined
}

/**
 * Forgets a person in a session that is held; undefined where there is nothing of theirs. The rows of
 * the mailbox go last, so that whoever is cut off finds the rest by them when it is done again.
 */
export function forgetInSession(
  deps: ForgetSessionDeps,
  session: Session,
  person: Person,
  options: ForgetOptions,
): Promise<SessionGone | undefined> {
  return deps.inTurn(session.id, () => forgetInTurn(deps, session, person, options))
}

async function forgetInTurn(
  deps: ForgetSessionDeps,
  session: Session,
  person: Person,
  options: ForgetOptions,
): Promise<SessionGone | undefined> {
  const { layout, journal, archives, mailboxes } = deps
  const { dryRun = false } = options
  const { agentGroupId, id: sessionId } = session
  const files = sessionLayout(layout, agentGroupId, sessionId)
  if (!(await exists(files.inboundDb))) return undefined
  const mailbox = await retryBusy(() => scrubMailbox(files.inboundDb, journal))
  try {
    const gone = await find(deps, session, person, mailbox)
    const isCutOff = mailbox.isUnfinished || (await hasSetAside(files))
    if (gone.isEmpty && !isCutOff) return undefined
    const { isWhole } = gone
    let archived = 0
    for await (const row of archives.read({ agentGroupId, sessionId })) {
      if (gone.has(row)) archived += 1
    }
    const rows = await goneRows(mailbox, gone)
    const { inboundIds, deliveryIds: answers, eventIds } = rows
    const counts = {
      inbound: inboundIds.length,
      deliveries: answers.length,
      events: eventIds.length,
    }
    const report = { sessionId, agentGroupId, isWhole, ...counts, archived }
    const deliveryIds = [...gone.deliveries.keys()]
    const found = { report, sessionId, deliveryIds, places: gone.directPlaces }
    if (dryRun) return found
    const left = isWhole ? undefined : await whyLeft(session, options)
    if (left !== undefined) {
      return { report: { ...report, left }, sessionId, deliveryIds: [], places: [] }
    }
    await retryBusy(() => mailbox.begin())
    await deps.notePruned(eventIds.reduce((a, b) => Math.max(a, b), 0))
    await archives.rewrite({ agentGroupId, sessionId }, (row) => !gone.has(row))
    await archives.removeInbox({ agentGroupId, sessionId }, [...gone.inbound.keys()])
    await removeTraces(files, isWhole)
    const ids = mailbox.inboundIds()
    await removeStrayFiles(files, { isWhole, isRow: (id) => ids.has(id) })
    await deps.removeCentral(found)
    await retryBusy(() => mailbox.remove(gone, rows))
    return found
  } finally {
    mailbox.close()
    if (!dryRun) await mailboxes.init(agentGroupId, sessionId)
  }
}
