import { agentRows } from '../agents/agent-rows.ts'
import { approvalRows } from '../approvals/approval-rows.ts'
import { chatRows } from '../chats/chat-rows.ts'
import { destinationRows } from '../destinations/destination-rows.ts'
import { peopleRows } from '../people/people-rows.ts'
import { policyRows } from '../policies/policy-rows.ts'
import { heardRows } from '../heard/heard-rows.ts'
import { sessionRows } from '../sessions/session-rows.ts'
import { wiringRows } from '../wirings/wiring-rows.ts'
import type { CentralSql } from './write-tools.ts'

/** What several parts of the core look up. */
export function centralRows(central: CentralSql) {
  return {
    agents: agentRows(central),
    chats: chatRows(central),
    people: peopleRows(central),
    wirings: wiringRows(central),
    sessions: sessionRows(central),
    destinations: destinationRows(central),
    approvals: approvalRows(central),
    policies: policyRows(central),
    heard: heardRows(central),
  }
}
