import { devNull } from 'node:os'
import { join } from 'node:path'
import { createLayout, type Clock, type HomeLayout, type Ids } from '@nanoclaw/schema'
import { openDatabase, type OpenDatabase } from '@nanoclaw/schema/database'
import { assemble } from '../assemble.ts'
import { createCentralStore } from '../central/central-store.ts'
import { loadInstallId } from '../central/install-id.ts'
import { writerHere } from '../central/run-write.ts'
import type { MakeRecorder } from '../events/event-log.ts'
import { homeInUse, type HomeFiles, type HomeLock } from '../files/home-files.ts'
import { silentLogger, type Logger } from '../logger.ts'
import type { MailboxStore } from '../mailbox/mailbox.ts'
import { createSqliteMailbox } from '../mailbox/sqlite-mailbox.ts'
import type { AroundPort } from '../ports.ts'
import type { Archives } from '../retention/archives.ts'
import { createMemoryArchives } from '../retention/memory-archives.ts'
import { createFakeClock } from './fake-clock.ts'
import { openWithFaults } from './fault-gate.ts'
import { createFaultPlan, type FaultPlan } from './fault-plan.ts'
import { createMemoryReader } from './memory-reader.ts'
import { createMemorySessions, type MemorySession, type MemorySessions } from './memory-sessions.ts'
import { playContainer } from './played-container.ts'
import { createSequentialIds } from './sequential-ids.ts'
import type { MemoryCore, MemoryCoreOptions } from './types.ts'

interface Memory {
  readonly central: OpenDatabase
  readonly sessions: MemorySessions
  readonly layout: HomeLayout
  readonly clock: Clock
  readonly ids: Ids
  readonly logger: Logger
  readonly faults: FaultPlan
  readonly archives: Archives
  /** Ends the core that is open on it. */
  kill: () => void
}

function memoryMailboxes({ sessions, clock, ids }: Memory, recorder: MakeRecorder): MailboxStore {
  const connectTo = (session: MemorySession, agentGroupId: string, sessionId: string) =>
    createSqliteMailbox({
      sessionId,
      connection: session.connect(),
      clock,
      ids,
      record: recorder(agentGroupId, sessionId),
    })
  return {
    async init(agentGroupId, sessionId) {
      sessions.get(agentGroupId, sessionId)
    },
    async open(agentGroupId, sessionId) {
      return connectTo(sessions.get(agentGroupId, sessionId), agentGroupId, sessionId)
    },
    async openExisting(agentGroupId, sessionId) {
      const session = sessions.find(agentGroupId, sessionId)
      return session && connectTo(session, agentGroupId, sessionId)
    },
  }
}

function memoryFiles(layout: HomeLayout): HomeFiles {
  let holder: HomeLock | undefined
  return {
    async prepareAgentFolder(agent, sessionId) {
      const shared = layout.agent(agent.folder)
      const isShared = sessionId === undefined
      const folder = isShared ? shared : layout.session(agent.id, sessionId).workspace
      return { folder, instructions: join(shared, 'AGENTS.md'), setAside: undefined }
    },
    hasAgentFolder: async () => false,
    stageInstructions: async () => undefined,
    writeAddressBook: async () => undefined,
    removeMemory: async () => undefined,
    async lockHome() {
      if (holder !== undefined) throw homeInUse(layout)
      const lock: HomeLock = {
        release() {
          if (holder === lock) holder = undefined
        },
      }
      return (holder = lock)
    },
  }
}

async function openMemory(memory: Memory): Promise<MemoryCore> {
  const { central, sessions, layout, clock, ids, logger, faults, archives } = memory
  const path = layout.centralDb
  const installId = await loadInstallId(central, { path, ids })
  const { core, kill } = await openWithFaults(faults, (around: AroundPort) =>
    assemble({
      installId,
      store: createCentralStore({
        database: { ...central, close: () => undefined },
        path,
        clock,
        ids,
        writer: writerHere(central, { clock, ids }),
      }),
      layout,
      journal: 'wal',
      mailboxes: (recorder) => memoryMailboxes(memory, recorder),
      files: memoryFiles(layout),
      archives,
      logger,
      around,
    }),
  )
  memory.kill = kill
  return {
    ...core,
    faults,
    reader: createMemoryReader(sessions),
    container: ({ agentGroupId, id }) => playContainer(sessions.get(agentGroupId, id), memory),
    async reopen() {
      memory.kill()
      return openMemory(memory)
    },
  }
}

/**
 * A core in memory, for tests: {@link MemoryCore} says what it is and is not. Each has databases of
 * its own. Throws `node-too-old`, `sqlite-too-old`.
 */
export async function createMemoryCore(options: MemoryCoreOptions = {}): Promise<MemoryCore> {
  const { logger = silentLogger, faults = createFaultPlan() } = options
  const { clock = createFakeClock(), ids = createSequentialIds() } = options
  return openMemory({
    central: openDatabase({ path: ':memory:', kind: 'central', create: true }),
    sessions: createMemorySessions(),
    layout: createLayout(join(devNull, 'nanoclaw-in-memory')),
    clock,
    ids,
    logger,
    faults,
    archives: createMemoryArchives(),
    kill: () => undefined,
  })
}
