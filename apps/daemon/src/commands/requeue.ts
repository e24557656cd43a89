import type { RequeueReport } from '../control/ledger-report.ts'
import { requestRequeue } from '../control/request.ts'
import { exitCodes } from '../failure.ts'
import type { CommandContext } from './context.ts'

/** Has the running daemon try a message again; gives the exit code. */
export async function runRequeue(
  { config, json, stdout }: CommandContext,
  id: string,
): Promise<number> {
  const report = await requestRequeue(config, id)
  stdout.write(
    json ? `${JSON.stringify({ requeued: id, ...report })}\n` : `${sentence(id, report)}\n`,
  )
  return exitCodes.ok
}

function sentence(id: string, report: RequeueReport): string {
  if (report.direction === 'out')
    return `${id} is ${report.status}: it is sent again, the parts that arrived left out.`
  if (report.outcome === 'pending') return `${id} waits for its agent again.`
  return `${id} had ended; its agent gets it again as ${report.id}.`
}
