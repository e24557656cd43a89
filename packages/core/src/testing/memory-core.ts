import { devNull } from 'node:os'
import { join } from 'node:path'
import { createLayout, type Clock, type HomeLayout, type Ids } from '@nanoclaw/schema'
import { openDatabase, type OpenDatabase } from '@nanoclaw/schema/database'
import { assemble } from '../assemble.ts'
import { createCentralStore } from '../central/central-store.ts'
import type { Core } from '../core.ts'
import type { HomeFiles } from '../files/home-files.ts'
import { silentLogger, type Logger } from '../logger.ts'
import type { MailboxStore } from '../mailbox/mailbox.ts'
import type { OutboundReader } from '../mailbox/outbound-reader.ts'
import { createSqliteMailbox } from '../mailbox/sqlite-mailbox.ts'
import type { AroundPort } from '../ports.ts'
import type { Session } from '../sessions/types.ts'
import { createFakeClock } from './fake-clock.ts'
import { openWithFaults } from './fault-gate.ts'
import { createFaultPlan, type FaultPlan } from './fault-plan.ts'
import { createMemoryReader } from './memory-reader.ts'
import { createMemorySessions, type MemorySessions } from './memory-sessions.ts'
import { playContainer, type PlayedContainer } from './played-container.ts'
import { createSequentialIds } from './sequential-ids.ts'

/** What a caller of `createMemoryCore` chooses. */
export interface MemoryCoreOptions {
  /** Default: `createFakeClock()`, so that a test is the same every time. */
  readonly clock?: Clock | undefined
  /** Default: `createSequentialIds()`, so that a test is the same every time. */
  readonly ids?: Ids | undefined
  /** Default: silent. */
  readonly logger?: Logger | undefined
  /** Which calls go wrong; give one plan to several cores to count their calls together. */
  readonly faults?: FaultPlan | undefined
}

/**
 * A core with nothing on disk: the rules and the SQL of a real one, on SQLite databases in memory.
 * They last as long as this core or one reopened from it can be reached, mailboxes closed or not.
 *
 * What is a file has a path and nothing there: `layout`, and what `agents.prepareFolder` gives, lie
 * below the null device, where nothing can be read or made. What needs files (a host with its
 * containers, `createInProcessReader`) is tested on `createFaultyCore`. One process is all there is:
 * no lock of somebody else, and what a power cut takes back is not simulated.
 */
export interface MemoryCore extends Core {
  /** Plan faults here: none is planned yet. One reopened from this core goes on with it. */
  readonly faults: FaultPlan
  /** Reads what {@link MemoryCore.container} wrote, as a host reads containers. No faults reach it. */
  readonly reader: OutboundReader
  /** Plays the container of a session. Throws `bad-option` for ids that are none. */
  container(session: Pick<Session, 'agentGroupId' | 'id'>): PlayedContainer
  /**
   * The core that a restart of the program finds: all that was committed, under the same clock,
   * ids and fault plan. This one is ended as by a crash if it has not crashed.
   */
  reopen(): Promise<MemoryCore>
}

interface Memory {
  readonly central: OpenDatabase
  readonly sessions: MemorySessions
  readonly layout: HomeLayout
  readonly clock: Clock
  readonly ids: Ids
  readonly logger: Logger
  readonly faults: FaultPlan
}

function memoryMailboxes({ sessions, clock, ids }: Memory): MailboxStore {
  return {
    async init(agentGroupId, sessionId) {
      sessions.get(agentGroupId, sessionId)
    },
    async open(agentGroupId, sessionId) {
      const connection = sessions.get(agentGroupId, sessionId).connect()
      return createSqliteMailbox({ sessionId, connection, clock, ids })
    },
  }
}

function memoryFiles(layout: HomeLayout): HomeFiles {
  return {
    async prepareAgentFolder(agent) {
      const folder = layout.agent(agent.folder)
      return { folder, instructions: join(folder, 'AGENTS.md'), setAside: undefined }
    },
    writeAddressBook: async () => undefined,
  }
}

async function openMemory(memory: Memory): Promise<MemoryCore> {
  const { central, sessions, layout, clock, ids, logger, faults } = memory
  const { core, kill } = await openWithFaults(faults, (around: AroundPort) =>
    assemble({
      store: createCentralStore({
        database: { ...central, close: () => undefined },
        path: layout.centralDb,
        clock,
        ids,
      }),
      layout,
      mailboxes: memoryMailboxes(memory),
      files: memoryFiles(layout),
      logger,
      around,
    }),
  )
  return {
    ...core,
    faults,
    reader: createMemoryReader(sessions),
    container: ({ agentGroupId, id }) => playContainer(sessions.get(agentGroupId, id), memory),
    async reopen() {
      kill()
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
  })
}
