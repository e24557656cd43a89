import { isId, NanoclawError, templateBytes } from '@nanoclaw/schema'
import type { HomeLayout, JournalMode, SessionLayout } from '@nanoclaw/schema'
import { dirname } from 'node:path'
import { createFile, exists, makeFolder, syncFolder } from '../files/durable-files.ts'

/** A container's user, whoever that is, may read; what is above keeps others on the host out. */
const readableFolder = 0o755
const readableFile = 0o644
const hostOnly = 0o700

/** The files of a session. Throws `bad-option` for what is no id, before it becomes a path. */
export function sessionLayout(
  layout: HomeLayout,
  agentGroupId: string,
  sessionId: string,
): SessionLayout {
  for (const id of [agentGroupId, sessionId]) {
    if (!isId(id)) {
      throw new NanoclawError('bad-option', `expected an id, got ${JSON.stringify(id)}`)
    }
  }
  return layout.session(agentGroupId, sessionId)
}

/** Makes a session's folders and its two files, durably, where they are missing. */
export async function initSession(files: SessionLayout, journal: JournalMode): Promise<void> {
  if ((await exists(files.inboundDb)) && (await exists(files.outboundDb))) return
  await makeFolder(files.root, readableFolder)
  await makeFolder(files.inbound, readableFolder)
  await makeFolder(files.outbound, readableFolder)
  await makeFolder(files.private, hostOnly)
  const common = { temporaryFolder: files.private, mode: readableFile }
  const inbound = templateBytes('inbound', journal)
  const outbound = templateBytes('outbound', journal)
  await createFile({ ...common, path: files.inboundDb, bytes: inbound })
  await createFile({ ...common, path: files.outboundDb, bytes: outbound })
  const agentFolder = dirname(files.root)
  for (const folder of [files.root, agentFolder, dirname(agentFolder)]) await syncFolder(folder)
}
