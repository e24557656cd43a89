import { requestResolve, requestStatus } from '../control/request.ts'
import { CommandFailure, exitCodes } from '../failure.ts'
import { resolveStored } from '../resolve-stored.ts'
import type { HomeReport } from '../status-report.ts'
import { plainLine } from '../screen/text.ts'
import { readStoredStatus } from '../stored-status.ts'
import type { CommandContext } from './context.ts'
import { ifRunning } from './if-running.ts'

/** What `incidents` can be told. */
export interface IncidentsOptions {
  /** The incident that is to be resolved; undefined: those that are open are listed. */
  readonly resolve: string | undefined
}

/** Lists the open incidents of a home, or resolves one; gives the exit code. */
export async function runIncidents(
  context: CommandContext,
  options: IncidentsOptions,
): Promise<number> {
  if (options.resolve !== undefined) return await resolveOne(context, options.resolve)
  const { config, json, stdout } = context
  const report = await ifRunning(() => requestStatus(config.socketPath, config.home))
  const { incidents } = report ?? readStoredStatus(config.layout) ?? { incidents: [] }
  const found = { running: report !== undefined, incidents }
  stdout.write(json ? `${JSON.stringify(found, null, 2)}\n` : listText(incidents))
  return exitCodes.ok
}

async function resolveOne({ config, json, stdout }: CommandContext, id: string): Promise<number> {
  const wasOpen =
    (await ifRunning(() => requestResolve(config.socketPath, config.home, id))) ??
    (await resolveStored(config.layout, id))
  if (!wasOpen) {
    const message = `no open incident of ${config.home} has the id ${plainLine(id)}; list them with: nanoclaw incidents`
    throw new CommandFailure(exitCodes.failed, 'not-found', message)
  }
  stdout.write(json ? `${JSON.stringify({ resolved: id })}\n` : `Resolved ${id}.\n`)
  return exitCodes.ok
}

function listText(incidents: HomeReport['incidents']): string {
  if (incidents.length === 0) return 'No incident is open.\n'
  const lines = incidents.flatMap((incident) => {
    const { id, kind, subject, message, occurrences, openedAt, toldAt, toldThrough } = incident
    const often = occurrences > 1 ? `, ${occurrences} times` : ''
    const told =
      toldAt === null ? [] : [`  told ${toldAt}${toldThrough ? ` through ${toldThrough}` : ''}`]
    return [
      `${id}  ${kind} of ${plainLine(subject)}, since ${openedAt}${often}`,
      `  ${plainLine(message)}`,
      ...told.map(plainLine).map((line) => `  ${line}`),
    ]
  })
  // A question says itself how it is answered.
  const isOnlyAsked = incidents.every(({ kind }) => kind === 'delivery-ambiguous')
  const advice = isOnlyAsked ? [] : ['When its cause is gone: nanoclaw incidents --resolve ID']
  return [...lines, ...advice, ''].join('\n')
}
