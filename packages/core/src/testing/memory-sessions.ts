import { isId, NanoclawError } from '@nanoclaw/schema'
import { openDatabase, type OpenDatabase } from '@nanoclaw/schema/database'
import { sharedInbound, type InboundConnection } from '../mailbox/inbound-connection.ts'

/** One session's two databases, and connections to the first. */
export interface MemorySession {
  readonly inbound: OpenDatabase
  readonly outbound: OpenDatabase
  connect(): InboundConnection
}

/** The databases of sessions, by session, for as long as this object lives. */
export interface MemorySessions {
  /** Made at the first call. Throws `bad-option` for what is no id. */
  get(agentGroupId: string, sessionId: string): MemorySession
  /** Undefined where it has not been made. Throws `bad-option` for what is no id. */
  find(agentGroupId: string, sessionId: string): MemorySession | undefined
}

function openInMemory(kind: 'inbound' | 'outbound'): OpenDatabase {
  return openDatabase({ path: ':memory:', kind, create: true })
}

function makeSession(sessionId: string): MemorySession {
  const inbound = openInMemory('inbound')
  const outbound = openInMemory('outbound')
  return { inbound, outbound, connect: sharedInbound(inbound, `inbound.db of ${sessionId}`) }
}

function keyOf(...sessionIds: [agentGroupId: string, sessionId: string]): string {
  for (const id of sessionIds) {
    if (!isId(id)) {
      throw new NanoclawError('bad-option', `expected an id, got ${JSON.stringify(id)}`)
    }
  }
  return sessionIds.join('/')
}

/** No sessions yet. */
export function createMemorySessions(): MemorySessions {
  const sessions = new Map<string, MemorySession>()
  return {
    get(agentGroupId, sessionId) {
      const key = keyOf(agentGroupId, sessionId)
      const session = sessions.get(key) ?? makeSession(sessionId)
      sessions.set(key, session)
      return session
    },
    find: (agentGroupId, sessionId) => sessions.get(keyOf(agentGroupId, sessionId)),
  }
}
