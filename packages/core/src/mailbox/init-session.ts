import { isId, NanoclawError } from '@nanoclaw/schema'
import { templateBytes } from '@nanoclaw/schema/plain'
import type { HomeLayout, JournalMode, SessionLayout } from '@nanoclaw/schema'
import { dirname } from 'node:path'
import {
  createFiles,
  finishCreation,
  makeFolder,
  makeFoldersIn,
  syncFolder,
} from '../files/durable-files.ts'
import { lazy } from './lazy.ts'

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

/** The bytes of a session's two files when they are new. */
export interface SessionTemplates {
  inbound(): Buffer
  outbound(): Buffer
}

/** Templates made at their first use: replaying migrations costs more than writing their result. */
export function sessionTemplates(journal: JournalMode): SessionTemplates {
  return {
    inbound: lazy(() => templateBytes('inbound', journal)),
    outbound: lazy(() => templateBytes('outbound', journal)),
  }
}

/**
 * Makes a session's folders and its two files, durably, where they are missing. Resolves to the folders
 * that it has synced on the way.
 */
export async function initSession(
  files: SessionLayout,
  templates: SessionTemplates,
): Promise<readonly string[]> {
  const { root, inbound, outbound, private: hostsOwn } = files
  const isThere = (path: string) => finishCreation({ path, temporaryFolder: hostsOwn })
  const found = await Promise.all([files.inboundDb, files.outboundDb].map(isThere))
  if (found.every(Boolean)) return []
  await makeFolder(root, readableFolder)
  await makeFoldersIn(root, [
    { path: inbound, mode: readableFolder },
    { path: outbound, mode: readableFolder },
    { path: hostsOwn, mode: hostOnly },
  ])
  const common = { temporaryFolder: hostsOwn, mode: readableFile }
  await createFiles([
    { ...common, path: files.inboundDb, bytes: templates.inbound() },
    { ...common, path: files.outboundDb, bytes: templates.outbound() },
  ])
  return [root, inbound, outbound]
}

/** More are not remembered; then all are forgotten, which costs a sync each. */
const mostFolders = 10_000

/**
 * Syncs the folders that lead to a session's files, each once, but those that just have been: a process
 * that was killed may have made a name and not have synced it, and what is accepted below it is to
 * survive a power cut.
 */
export function createFolderSync(
  home: string,
): (files: SessionLayout, justSynced: readonly string[]) => Promise<void> {
  const synced = new Set<string>()
  return async ({ root, inbound, outbound }, justSynced) => {
    const agentFolder = dirname(root)
    const folders = [home, dirname(agentFolder), agentFolder, root, outbound, inbound]
    const unknown = folders.filter((folder) => !synced.has(folder))
    const left = unknown.filter((folder) => !justSynced.includes(folder))
    await Promise.all(left.map((folder) => syncFolder(folder)))
    if (synced.size + unknown.length > mostFolders) synced.clear()
    for (const folder of unknown) synced.add(folder)
  }
}
