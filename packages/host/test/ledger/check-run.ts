import type { Delivery } from '@nanoclaw/core'
import { historyOf } from './delivery-bench.ts'
import type { Run } from './delivery-commands.ts'

/** What the reference model says of one row that has ended, given what the platform has seen. */
function endIsHonest(run: Run, row: Delivery): readonly string[] {
  const { id, status, ambiguousCount } = row
  const times = run.platform.shown.get(`${id}/0`) ?? 0
  const rejections = run.rejected.get(id) ?? 0
  const problems: string[] = []
  if (status === 'delivered' && times === 0) problems.push('delivered, but never shown')
  const marked = ambiguousCount + rejections
  if (times - 1 > marked) problems.push(`shown ${times} times, marked ${marked}`)
  if (status === 'refused' && times > rejections) problems.push('refused, but shown')
  const isKnownNotSent = status === 'failed' && ambiguousCount === 0 && !run.rejected.has(id)
  if (isKnownNotSent && times > 0) problems.push('failed without a doubt, but shown')
  if (!['delivered', 'failed', 'refused'].includes(status)) problems.push(`still ${status}`)
  return problems.map((problem) => `${id} (${row.error}): ${problem}`)
}

/** I6: of those that nobody has taken out of the order, each place first shows them by number. */
function orderIsKept(run: Run, rows: readonly Delivery[]): readonly string[] {
  const shown = [...run.platform.shown.keys()]
  return ['a', 'b'].flatMap((place) => {
    const own = rows.filter(({ id, platformId, ambiguousCount, askedAt }) => {
      const isAsked = askedAt !== null || (run.unknownOutcome === 'ask' && ambiguousCount > 0)
      return platformId === place && !run.outOfOrder.has(id) && !isAsked
    })
    const at = own.map(({ id }) => shown.indexOf(`${id}/0`)).filter((index) => index >= 0)
    const isSorted = at.every((index, n) => n === 0 || (at[n - 1] ?? 0) < index)
    return isSorted ? [] : [`${place} shows out of order: ${shown.join(', ')}`]
  })
}

/** What a call may be: only where it is granted at that time, and to a channel that is there. */
function callsAreAllowed({ platform }: Run): readonly string[] {
  return platform.calls.flatMap(({ key, wasGranted, wasDown }) => [
    ...(wasGranted ? [] : [`${key} was sent without a grant`]),
    ...(wasDown ? [`${key} was sent to a channel that is down`] : []),
  ])
}

/** I3: the agent is told once of each bad end, and the operator before it. */
async function everybodyIsTold(run: Run, rows: readonly Delivery[]): Promise<readonly string[]> {
  const problems: string[] = []
  for (const row of rows) {
    const history = await historyOf(run.bench, row)
    const bad = history.filter((status) => status === 'failed' || status === 'refused')
    const notices = (await run.bench.mailbox.pending(1_000)).length
    if (bad.length > 0 && notices === 0) problems.push(`${row.id}: the agent was never told`)
    for (const status of new Set(bad)) {
      // Whoever has said so himself was asked before.
      const isTold = [`delivery-${status}`, 'delivery-ambiguous'].some((kind) =>
        run.told.includes(kind),
      )
      if (!isTold) {
        problems.push(`${row.id}: the operator was never told that it is ${status}`)
      }
    }
  }
  return problems
}

/** Everything that is wrong with a run in which all has ended. */
export async function checkRun(run: Run): Promise<readonly string[]> {
  const rows: Delivery[] = []
  for (const id of run.said) {
    const row = await run.bench.mailbox.delivery(id)
    if (row === undefined) return [`${id} is not in the ledger`]
    rows.push(row)
  }
  const bad = rows.flatMap((row) => endIsHonest(run, row))
  return [
    ...bad,
    ...orderIsKept(run, rows),
    ...callsAreAllowed(run),
    ...(await everybodyIsTold(run, rows)),
  ]
}
