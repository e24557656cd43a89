import { readFile } from 'node:fs/promises'
import { isNanoclawError, NanoclawError, type HomeLayout } from '@nanoclaw/schema'
import { acquireLock } from '@nanoclaw/schema/plain'
import { prepareAgentFolder, prepareWorkspace, stageInstructions } from '../agents/agent-folder.ts'
import type { Agent, AgentFolder } from '../agents/types.ts'
import { sessionLayout } from '../mailbox/init-session.ts'
import type { ProjectedDestination } from '../mailbox/mailbox.ts'
import type { Session } from '../sessions/types.ts'
import { exists, makeFolder, replaceFile } from './durable-files.ts'
import { explainFileError, systemCode } from './file-errors.ts'

/** A home that is held. */
export interface HomeLock {
  /** Lets it go. May be called twice. */
  release(): void
}

/** What a core keeps beside its databases. */
export interface HomeFiles {
  /** As `prepareFolder` of the agents. */
  prepareAgentFolder(agent: Agent, sessionId?: string): Promise<AgentFolder>
  /** Whether anything lies where an agent's folder of this name would be. */
  hasAgentFolder(folder: string): Promise<boolean>
  /** Keeps what the `AGENTS.md` of an agent is to say that there is not yet; durable. */
  stageInstructions(agentId: string, text: string): Promise<void>
  /**
   * Brings the file with a session's address book up to date. It is compared, since a crash may
   * have come between the mailbox's commit and the file.
   */
  writeAddressBook(session: Session, book: readonly ProjectedDestination[]): Promise<void>
  /** Removes what the agent of a session remembers of it. */
  removeMemory(session: Session): Promise<void>
  /** As `lockHome` of the core. */
  lockHome(): Promise<HomeLock>
}

const readableFile = 0o644
const hostOnlyFolder = 0o700

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    throw explainFileError(error, path)
  }
}

/** Held by the kernel for this process: a kill frees it. */
function lock(layout: HomeLayout): HomeLock {
  try {
    return acquireLock(layout.hostLockDb)
  } catch (error) {
    if (!isNanoclawError(error) || error.code !== 'home-in-use') throw error
    throw homeInUse(layout, error)
  }
}

/** Another host has the home. */
export function homeInUse({ home }: HomeLayout, cause?: unknown): NanoclawError {
  const message = `a host already runs on ${home}; stop it first, or choose another home`
  return new NanoclawError('home-in-use', message, { cause })
}

/** The files below a home. */
export function createHomeFiles(layout: HomeLayout): HomeFiles {
  return {
    prepareAgentFolder: (agent, sessionId) =>
      sessionId === undefined
        ? prepareAgentFolder(layout, agent)
        : prepareWorkspace(layout, agent, sessionId),
    hasAgentFolder: (folder) => exists(layout.agent(folder)),
    stageInstructions: (agentId, text) => stageInstructions(layout, agentId, text),
    async writeAddressBook(session, book) {
      const files = sessionLayout(layout, session.agentGroupId, session.id)
      const text = `${JSON.stringify(book, null, 2)}\n`
      if ((await readIfThere(files.destinationsJson)) === text) return
      await replaceFile({
        path: files.destinationsJson,
        temporaryFolder: files.private,
        bytes: Buffer.from(text),
        mode: readableFile,
      })
    },
    async removeMemory(session) {
      const { removeMemory } = await import('../forget/session-traces.ts')
      await removeMemory(sessionLayout(layout, session.agentGroupId, session.id))
    },
    async lockHome() {
      await makeFolder(layout.run, hostOnlyFolder)
      return lock(layout)
    },
  }
}
