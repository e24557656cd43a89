import type { DeliveriesReport } from '../control/delivery-report.ts'
import { requestDeliveries, requestSettle } from '../control/request.ts'
import { CommandFailure, exitCodes, oneLine } from '../failure.ts'
import { describeDeliveries, type DeliveriesQuery } from '../ledger/describe-deliveries.ts'
import { deliveryLines } from '../screen/delivery-lines.ts'
import { screenWidth } from '../screen/table.ts'
import { readStoredHome } from '../stored-home.ts'
import { tell, type CommandContext } from './context.ts'
import { ifRunning } from './if-running.ts'

/** Lists deliveries of all sessions, newest first; gives the exit code. */
export async function runDeliveries(
  context: CommandContext,
  query: DeliveriesQuery,
): Promise<number> {
  const { config, json, stdout } = context
  const running = await ifRunning(() => requestDeliveries(config, query))
  const report =
    running ??
    (await readStoredHome(config, (core) => describeDeliveries(core, query))) ??
    ({ deliveries: [], sessions: 0, unread: [] } satisfies DeliveriesReport)
  if (json) {
    const found = { running: running !== undefined, ...report }
    stdout.write(`${JSON.stringify(found, null, 2)}\n`)
    return exitCodes.ok
  }
  for (const { sessionId, why } of report.unread) {
    tell(context, `${sessionId} is left out: ${oneLine(why)}`)
  }
  stdout.write(`${textOf(report, query, screenWidth(stdout)).join('\n')}\n`)
  return exitCodes.ok
}

function textOf(
  { deliveries, sessions }: DeliveriesReport,
  { failed, limit }: DeliveriesQuery,
  width: number | undefined,
): string[] {
  if (deliveries.length === 0) {
    const where = sessions === 1 ? 'in 1 session' : `in ${sessions} sessions`
    return [failed ? `No delivery has failed ${where}.` : `Nothing has been sent ${where}.`]
  }
  const lines = deliveryLines(deliveries, new Date().toISOString(), width)
  // Advice is for people: programs read lines.
  if (width === undefined) return lines
  const asked = deliveries.some((one) => one.asked)
  const lost = deliveries.some(({ status }) => status === 'failed' || status === 'refused')
  return [
    ...lines,
    ...(deliveries.length === limit ? ['There may be more: --limit N'] : []),
    ...(asked ? ['Did it arrive? nanoclaw deliveries --settle ID delivered (or failed)'] : []),
    ...(lost || asked ? ['To send one again: nanoclaw requeue ID'] : []),
  ]
}

/** A person says whether a message has arrived; gives the exit code. */
export async function runSettle(
  { config, json, stdout }: CommandContext,
  id: string,
  as: string | undefined,
): Promise<number> {
  if (as !== 'delivered' && as !== 'failed') {
    const message = `expected nanoclaw deliveries --settle ${oneLine(id)} delivered, or failed`
    throw new CommandFailure(exitCodes.usage, 'usage', message)
  }
  const status = await requestSettle(config, id, as)
  const said = afterSettling[status] ?? status
  stdout.write(json ? `${JSON.stringify({ settled: id, status })}\n` : `${id} is ${said}.\n`)
  return exitCodes.ok
}

const afterSettling: Readonly<Record<string, string>> = {
  delivered: 'delivered',
  failed: 'failed, and its agent is told',
  // One of several parts had been asked about.
  queued: 'queued: the parts of it that are left are sent',
}
