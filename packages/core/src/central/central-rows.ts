import { agentStatements } from '../agents/agent-rows.ts'
import { chatStatements } from '../chats/chat-rows.ts'
import { destinationStatements } from '../destinations/destination-rows.ts'
import { sessionStatements } from '../sessions/session-rows.ts'
import { wiringStatements } from '../wirings/wiring-rows.ts'
import type { CentralOrm } from './write-tools.ts'

/** The statements that several parts of the core share. */
export function centralRows(orm: CentralOrm) {
  return {
    agents: agentStatements(orm),
    chats: chatStatements(orm),
    wirings: wiringStatements(orm),
    sessions: sessionStatements(orm),
    destinations: destinationStatements(orm),
  }
}

/** What {@link centralRows} gives. */
export type CentralRows = ReturnType<typeof centralRows>
