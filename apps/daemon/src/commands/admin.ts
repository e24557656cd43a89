import type { AdminCommand } from '../admin/command.ts'
import { performAdmin } from '../admin/desk.ts'
import type { AdminReport } from '../control/admin-answer.ts'
import { requestAdmin } from '../control/request.ts'
import { CommandFailure, exitCodes } from '../failure.ts'
import { screenWidth } from '../screen/table.ts'
import { withStoredCore } from '../stored-core.ts'
import type { CommandContext } from './context.ts'
import { ifRunning } from './if-running.ts'

/** What was typed behind the name of a command. */
export interface AdminInput {
  readonly input: Readonly<Record<string, unknown>>
  /** Nobody is asked. */
  readonly yes: boolean
}

/** Has the daemon that runs, or this process where none does, do what a command says. */
export async function runAdmin(
  context: CommandContext,
  command: AdminCommand,
  { input, yes }: AdminInput,
): Promise<number> {
  const { json, stdout } = context
  // What was typed is understood before anybody is asked.
  const checked = { ...command.check(input) }
  let report = await perform(context, command, checked, yes)
  if (report.outcome === 'unsure') {
    if (!json) stdout.write(textOf(report.lines))
    await confirm(context, report.lines)
    report = await perform(context, command, checked, true)
  }
  if (json && report.outcome === 'done') {
    stdout.write(`${JSON.stringify(report.result, null, 2)}\n`)
  } else stdout.write(textOf(report.lines))
  return exitCodes.ok
}

async function perform(
  { config, stdout }: CommandContext,
  command: AdminCommand,
  input: Record<string, unknown>,
  isSure: boolean,
): Promise<AdminReport> {
  const screen = { width: screenWidth(stdout) }
  const order = { command: command.name, input, isSure, screen }
  if (command.needsDaemon) return await requestAdmin(config, order)
  return (
    (await ifRunning(() => requestAdmin(config, order))) ??
    (await withStoredCore(config, command.kind === 'look' ? 'look' : 'change', (core) =>
      performAdmin({ core, host: undefined, config }, order),
    ))
  )
}

async function confirm(
  { stdin, stdout, json }: CommandContext,
  lines: readonly string[],
): Promise<void> {
  if (json || !stdin.isTTY || !stdout.isTTY) {
    const what = json ? `this is what would be done: ${lines.join('; ')}` : 'nothing was done'
    throw new CommandFailure(exitCodes.usage, 'usage', `${what}; to do it, add --yes`)
  }
  const { openPrompts } = await import('./prompts.ts')
  const prompts = openPrompts(stdin, stdout, new AbortController().signal)
  if (await prompts.confirm({ message: 'Do this?', initial: 'false' })) return
  throw new CommandFailure(exitCodes.failed, 'usage', 'nothing was done')
}

function textOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('')
}
