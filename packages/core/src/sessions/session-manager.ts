import type { SystemContent } from '@nanoclaw/schema'
import type { CentralStore } from '../central/central-store.ts'
import { present } from '../central/narrow.ts'
import { retryBusy } from '../central/retry-busy.ts'
import type { DestinationLookUps } from '../destinations/grant-destination.ts'
import { projectSession } from '../destinations/projection.ts'
import type { Heard } from '../heard/types.ts'
import type { HomeFiles } from '../files/home-files.ts'
import type { Appended, NewInbound } from '../mailbox/inbound-types.ts'
import type { Mailbox, MailboxStore } from '../mailbox/mailbox.ts'
import { forgetSession, whatIsLeft } from './clear-session.ts'
import type { Session, Sessions } from './types.ts'

/** What v2's session manager did, under its names. */
export interface SessionManager {
  /** Makes a session's folders and files where they are missing; durable. Throws `io`, `disk-full`. */
  initSessionFolder(session: Session): Promise<void>
  /**
   * Appends one row and makes the session due; durable. Through `mailbox` where the caller has it
   * open, else the mailbox is opened and closed for it. Throws `bad-content`, `bad-option` for the
   * row, `not-found` for the session, `io`, `disk-full`.
   */
  writeSessionMessage(session: Session, row: NewInbound, mailbox?: Mailbox): Promise<Appended>
  /**
   * Makes the agent of a session forget it: what its container has written goes, with the provider's
   * memory and the session's own workspace, and then whom it has heard, but for those whose words wait
   * still, and not while mail of it does, which carries whom it has heard. To be called when no container of it runs, everything it said has been taken, and nobody has
   * its mailbox open; may be done again after a crash. `by` is whose word it is, for the audit log: an
   * id, or `operator`, the default. Durable. Throws `io`, `disk-full`.
   */
  clearSession(session: Session, by?: string): Promise<void>
  /** Brings the session's address book up to date; says whether it had to. */
  writeDestinations(session: Session, mailbox?: Mailbox): Promise<boolean>
  /** Appends a system row (an answer, a result, a notice); it wakes unless `trigger` is false. */
  writeSystemResponse(
    session: Session,
    content: SystemContent,
    options?: { readonly trigger?: boolean | undefined; readonly mailbox?: Mailbox | undefined },
  ): Promise<Appended>
}

/** What the session manager is made of. */
export interface SessionManagerDeps {
  readonly store: CentralStore
  readonly files: HomeFiles
  readonly destinations: DestinationLookUps
  readonly heard: Pick<Heard, 'note' | 'list' | 'clear'>
  readonly sessions: Sessions
  readonly mailboxes: MailboxStore
}

/**
 * For `ensureDue`: due at once, whatever becomes of the clock (S12). A clock that is set back by a day
 * would hide a time of today.
 */
export const dueAtOnce = '1970-01-01T00:00:00.000Z'

/** Session operations that touch both the central database and the session's files. */
export function createSessionManager(deps: SessionManagerDeps): SessionManager {
  const { store, files, heard, sessions, mailboxes } = deps

  async function withMailbox<T>(
    session: Session,
    given: Mailbox | undefined,
    work: (mailbox: Mailbox) => Promise<T>,
  ): Promise<T> {
    // A caller with a mailbox of its own decides itself how long a lock may last.
    if (given !== undefined) return work(given)
    return retryBusy(async () => {
      const mailbox = await mailboxes.open(session.agentGroupId, session.id)
      try {
        return await work(mailbox)
      } finally {
        await mailbox.close()
      }
    })
  }

  async function writeSessionMessage(
    session: Session,
    row: NewInbound,
    given?: Mailbox,
  ): Promise<Appended> {
    return withMailbox(session, given, async (mailbox) => {
      await heard.note(session, [row])
      const wakes = row.trigger !== false
      const at = row.processAfter ?? dueAtOnce
      // Before, so that no crash leaves a row nobody looks for; after, in case that a container
      // that was going idle cleared it in between.
      if (wakes) await sessions.ensureDue(session.id, at)
      const [appended] = await mailbox.append([row])
      if (wakes) await sessions.ensureDue(session.id, at)
      return present(appended, 'an appended row')
    })
  }

  return {
    clearSession: async (session, by) => {
      const left = await withMailbox(session, undefined, whatIsLeft)
      await forgetSession(deps, session, left, by)
    },
    initSessionFolder: (session) => mailboxes.init(session.agentGroupId, session.id),
    writeSessionMessage,
    async writeDestinations(session, given) {
      const projection = await store.read(() => projectSession(deps.destinations, session))
      return withMailbox(session, given, async (mailbox) => {
        const changed = await mailbox.project(projection)
        await files.writeAddressBook(session, projection.destinations)
        return changed
      })
    },
    writeSystemResponse: (session, content, { trigger, mailbox } = {}) =>
      writeSessionMessage(session, { kind: 'system', content, origin: null, trigger }, mailbox),
  }
}
