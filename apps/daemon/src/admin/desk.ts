import { NanoclawError } from '@nanoclaw/schema'
import type { AdminReport } from '../control/admin-answer.ts'
import type { AdminDeps, Screen } from './command.ts'
import { noteCommand } from './note-command.ts'
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
  if (command.kind !== 'look') await noteCommand(deps.core, name, command.check(input))
  const { result, lines } = await command.run(deps, input, screen)
  return { outcome: 'done', result: { ...result }, lines: [...lines] }
}
