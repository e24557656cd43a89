import type { Core } from '@nanoclaw/core'
import { createMemoryCore } from '@nanoclaw/core/testing'
import type { AdminDeps } from '../../src/admin/command.ts'
import { performAdmin } from '../../src/admin/desk.ts'
import { onTestFinished } from 'vitest'

/** Commands as a daemon does them, on a core in memory. */
export interface TestDesk {
  readonly core: Core
  /** Does it; a person has agreed to what is removed. Gives what programs get. */
  does(command: string, input?: object): Promise<Record<string, unknown>>
  /** Gives what people read. */
  says(command: string, input?: object): Promise<string>
  /** What a person has to agree to. */
  asks(command: string, input?: object): Promise<string>
}

/** A desk of its own for one test. */
export async function testDesk(others: Partial<AdminDeps> = {}): Promise<TestDesk> {
  const core = await createMemoryCore()
  onTestFinished(() => core.close())
  const config = { provider: 'scripted', retentionDays: undefined, archive: undefined } as const
  const deps: AdminDeps = { core, host: undefined, config, ...others }
  const perform = (command: string, input: object, isSure: boolean) =>
    performAdmin(deps, { command, input, isSure, screen: { width: undefined } })
  const done = async (command: string, input: object) => {
    const answer = await perform(command, input, true)
    if (answer.outcome !== 'done') throw new Error(`${command} has asked`)
    return answer
  }
  return {
    core,
    does: async (command, input = {}) => (await done(command, input)).result,
    says: async (command, input = {}) => (await done(command, input)).lines.join('\n'),
    async asks(command, input = {}) {
      const answer = await perform(command, input, false)
      if (answer.outcome !== 'unsure') throw new Error(`${command} has not asked`)
      return answer.lines.join('\n')
    },
  }
}
