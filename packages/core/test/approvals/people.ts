import { openDatabase } from '@nanoclaw/schema/database'
import { onTestFinished } from 'vitest'
import type { Core } from '../../src/index.ts'

/** Somebody with an account on the channel `test`, and a direct chat unless it is said that there is none. */
export interface Somebody {
  readonly name: string
  /** Roles, of all or of one agent. */
  readonly roles?: readonly (readonly [role: string, agentGroupId?: string])[]
  readonly hasNoChat?: boolean
}

/** The home's central database, beside the core. */
export function beside(core: Core) {
  const database = openDatabase({ path: core.layout.centralDb, kind: 'central', timeoutMs: 1_000 })
  onTestFinished(() => database.close())
  return database.sqlite
}

/** Puts people into the home: `test:ann`, of the person `per-ann`, in the chat `mg-ann`. */
export function putPeople(core: Core, those: readonly Somebody[]): void {
  const sqlite = beside(core)
  const at = '2026-01-01T00:00:00.000Z'
  for (const { name, roles = [], hasNoChat = false } of those) {
    sqlite.prepare('INSERT INTO people VALUES (?, ?, ?)').run(`per-${name}`, name, at)
    sqlite
      .prepare(`INSERT INTO users VALUES (?, ?, 'test', '', ?, ?, ?)`)
      .run(`test:${name}`, `per-${name}`, name, at, hasNoChat ? null : `mg-${name}`)
    for (const [role, agent = ''] of roles) {
      sqlite
        .prepare('INSERT INTO user_roles VALUES (?, ?, ?, ?, ?)')
        .run(`per-${name}`, role, agent, at, 'operator')
    }
  }
}
