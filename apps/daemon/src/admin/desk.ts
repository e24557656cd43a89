import { NanoclawError } from '@nanoclaw/schema'
import type { AdminReport } from '../control/admin-answer.ts'
import type { AdminDeps, Screen } from './command.ts'
import { adminCommands } from './table.ts'

/** What is asked for with one command. */
export interface AdminOrder {
  readonly command: string
  readonly input: unknown
  /** A person has agreed to what will be done. */
  readonly isSure: boolean
  readonly screen: Screen
}

/**
 * Does what a command says.
 * @throws NanoclawError; CommandFailure for input that is none.
 */
export async function performAdmin(
  deps: AdminDeps,
  { command: name, input, isSure, screen }: AdminOrder,
): Promise<AdminReport> {
  const command = adminCommands.find((one) => one.name === name)
  if (command === undefined) {
    throw new NanoclawError(
      'not-found',
      `this daemon does not know the command ${name}; restart it`,
    )
  }
  if (command.kind === 'grave' && !isSure) {
    return { outcome: 'unsure', lines: [...(await command.ask(deps, input))] }
  }
  // Written before it is done: what is changed by it is told by entries of its own.
  if (command.kind !== 'look') {
    const details = { ...command.check(input) }
    await deps.core.audit.write({ kind: 'command', actor: 'operator', subject: name, details })
  }
  const { result, lines } = await command.run(deps, input, screen)
  return { outcome: 'done', result: { ...result }, lines: [...lines] }
}
