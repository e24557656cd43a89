import type { Appended, Core, NewInbound, Session } from '@nanoclaw/core'
import type { ChatContent } from '@nanoclaw/schema'
import type { HostLimits } from '../limits.ts'
import { keepFiles, removeFiles } from './inbox-files.ts'
import { fits, shortenContent } from './long-content.ts'

/** Gives rows to a session; durable when it resolves. */
export type AppendRows = (
  session: Session,
  rows: readonly NewInbound[],
) => Promise<readonly Appended[]>

/** What a row has whichever session it is for, with its content as it came. */
export type EventRow = Omit<NewInbound, 'id' | 'content'> & { readonly content: ChatContent }

/** What it takes to append an event. */
export interface AppendEventDeps {
  readonly core: Core
  readonly limits: Pick<HostLimits, 'contentBytes'>
}

/** A text that is too long for a row is kept whole as a file. Undefined: it cannot be kept. */
export async function appendEvent(
  { core, limits }: AppendEventDeps,
  add: AppendRows,
  session: Session,
  row: EventRow,
): Promise<readonly Appended[] | undefined> {
  if (fits(row.content, limits.contentBytes)) return add(session, [row])
  const id = core.ids.next('in')
  const shortened = shortenContent(row.content, limits.contentBytes, id)
  if (shortened === undefined) return undefined
  const { content, files } = shortened
  await core.mailboxes.init(session.agentGroupId, session.id)
  const inbox = core.layout.session(session.agentGroupId, session.id).inbox(id)
  await keepFiles(inbox, files)
  const appended = await add(session, [{ ...row, id, content }])
  if (appended.every((each) => each.id !== id)) await removeFiles(inbox)
  return appended
}
