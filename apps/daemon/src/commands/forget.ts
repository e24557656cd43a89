import { containerQuestions } from '@nanoclaw/host'
import { noteCommand } from '../admin/note-command.ts'
import type { ForgetReport } from '../control/forget-report.ts'
import { requestForget } from '../control/request.ts'
import { CommandFailure, exitCodes, oneLine } from '../failure.ts'
import { plainLine } from '../screen/text.ts'
import { readStoredHome } from '../stored-home.ts'
import type { CommandContext } from './context.ts'
import { ifRunning } from './if-running.ts'

/** What `forget` is told. */
export interface ForgetFlags {
  /** `<channel>:<handle>`. */
  readonly user: string
  readonly dryRun: boolean
  /** Nobody is asked. */
  readonly yes: boolean
}

type Person = ForgetReport['person']

function personOf(user: string): Person {
  const [, channelType = '', handle = ''] = /^([^:]+):(.+)$/s.exec(user) ?? []
  if (channelType !== '') return { channelType, handle }
  const message = `expected somebody as <channel>:<handle>, such as telegram:4711, got ${oneLine(user)}`
  throw new CommandFailure(exitCodes.usage, 'usage', message)
}

/** Forgets a person, in the daemon that runs or where none does; gives the exit code. */
export async function runForget(context: CommandContext, flags: ForgetFlags): Promise<number> {
  const { json, stdout } = context
  const person = personOf(flags.user)
  const seen = await forget(context, person, true)
  const isNothing = seen.sessions.length === 0 && Object.values(seen.central).every((n) => n === 0)
  const isAsked = !flags.dryRun && !flags.yes && !isNothing
  if (isAsked && !json) stdout.write(textOf(seen))
  if (isAsked) await confirm(context, flags.user)
  // Also where nothing is left: an earlier run may have been cut off before the bytes were gone.
  const report = flags.dryRun ? seen : await forget(context, person, false)
  stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : textOf(report))
  return report.sessions.some(({ left }) => left !== undefined) ? exitCodes.failed : exitCodes.ok
}

async function forget(
  { config }: CommandContext,
  person: Person,
  dryRun: boolean,
): Promise<ForgetReport> {
  const running = await ifRunning(() => requestForget(config, person, dryRun))
  if (running !== undefined) return running
  const stored = await readStoredHome(config, async (core, reader) => {
    if (!dryRun) await noteCommand(core, 'forget', {})
    return await core.forget(person, { dryRun, ...containerQuestions({ core, reader }) })
  })
  if (stored !== undefined) return toReport(stored)
  throw new CommandFailure(exitCodes.failed, 'not-found', `nothing is kept in ${config.home} yet`)
}

function toReport({
  sessions,
  beyond,
  ...rest
}: {
  readonly person: Person
  readonly dryRun: boolean
  readonly sessions: readonly ForgetReport['sessions'][number][]
  readonly central: ForgetReport['central']
  readonly beyond: readonly string[]
}): ForgetReport {
  return { ...rest, sessions: [...sessions], beyond: [...beyond] }
}

async function confirm({ stdin, stdout, json }: CommandContext, user: string): Promise<void> {
  if (json || !stdin.isTTY || !stdout.isTTY) {
    const message = `this removes what is listed by --dry-run for good; to do it: nanoclaw forget ${plainLine(user)} --yes`
    throw new CommandFailure(exitCodes.usage, 'usage', message)
  }
  const { openPrompts } = await import('./prompts.ts')
  const prompts = openPrompts(stdin, stdout, new AbortController().signal)
  const message = 'Remove this for good? There is no way back.'
  if (await prompts.confirm({ message, initial: 'false' })) return
  throw new CommandFailure(exitCodes.failed, 'usage', 'nothing was removed')
}

function textOf(report: ForgetReport): string {
  const { person, dryRun, sessions, central, beyond } = report
  const done = dryRun ? 'would be removed' : 'removed'
  const who = plainLine(`${person.channelType}:${person.handle}`)
  const lines = sessions.map((session) => {
    const { sessionId, isWhole, inbound, deliveries, events, archived, left } = session
    if (left !== undefined) return `  ${sessionId}  left as it is: ${plainLine(left)}`
    const counts = `${inbound} messages, ${deliveries} answers, ${events} events, ${archived} lines of the archive`
    const memory = `the agent's memory of it${isWhole ? '' : ', for the others in it too'}`
    return `  ${sessionId}  ${counts}; ${memory}`
  })
  const { receipts, channelState, incidents, chatNames } = central
  const other = `${receipts} receipts, ${channelState} notes of the channel, the words of ${incidents} incidents, ${chatNames} names of chats`
  return [
    sessions.length === 0 ? `Nothing of ${who} is in any session.` : `Of ${who} ${done}:`,
    ...lines,
    `  ${other}`,
    'Not reached:',
    ...beyond.map((line) => `  ${plainLine(line)}`),
    '',
  ].join('\n')
}
