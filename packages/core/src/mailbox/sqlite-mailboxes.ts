import type { Clock, HomeLayout, Ids, JournalMode } from '@nanoclaw/schema'
import type { MakeRecorder } from '../events/event-log.ts'
import { exists } from '../files/durable-files.ts'
import type { Threads } from '../threads/types.ts'
import { createMailbox } from './create-mailbox.ts'
import { createFolderSync, initSession, sessionLayout, sessionTemplates } from './init-session.ts'
import type { MailboxStore } from './mailbox.ts'
import { openInThread } from './threaded-port.ts'

/** What the mailboxes of a home need. */
export interface SqliteMailboxesOptions {
  readonly layout: HomeLayout
  readonly journal: JournalMode
  readonly clock: Clock
  readonly ids: Ids
  readonly recorder: MakeRecorder
  /** What the files are opened in. */
  readonly threads: Threads
}

/** Mailboxes as pairs of SQLite files below a home. */
export function createSqliteMailboxes(options: SqliteMailboxesOptions): MailboxStore {
  const { layout, journal, clock, ids, recorder, threads } = options
  const templates = sessionTemplates(journal)
  const syncFolders = createFolderSync(layout.home)
  const init = async (agentGroupId: string, sessionId: string) => {
    const files = sessionLayout(layout, agentGroupId, sessionId)
    await syncFolders(files, await initSession(files, templates))
  }
  const openAt = async (path: string, agentGroupId: string, sessionId: string) =>
    createMailbox({
      sessionId,
      port: await openInThread(threads, { path, journal }, { clock, ids }),
      record: recorder(agentGroupId, sessionId),
    })
  return {
    async init(agentGroupId, sessionId) {
      await init(agentGroupId, sessionId)
    },
    async open(agentGroupId, sessionId) {
      // A crash may have come between a session's row and its files.
      await init(agentGroupId, sessionId)
      const { inboundDb } = sessionLayout(layout, agentGroupId, sessionId)
      return openAt(inboundDb, agentGroupId, sessionId)
    },
    async openExisting(agentGroupId, sessionId) {
      const { inboundDb } = sessionLayout(layout, agentGroupId, sessionId)
      return (await exists(inboundDb)) ? openAt(inboundDb, agentGroupId, sessionId) : undefined
    },
  }
}
