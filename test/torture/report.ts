import type { Outcome } from './torture.ts'

/** The one object of `--json`. */
export function toJson({ verdict, kills }: Outcome): string {
  const { handedOver, answered, lost, doubled, ambiguous, effectsRepeated } = verdict
  return JSON.stringify({ handedOver, answered, lost, doubled, ambiguous, effectsRepeated, kills })
}

/** The same for people. */
export function toTable({ verdict, kills }: Outcome): string {
  const { handedOver, answered, failed, lost, doubled, ambiguous, effectsRepeated } = verdict
  const lines: readonly (readonly [string, number, string])[] = [
    ['handed over', handedOver, 'messages that the daemon has confirmed'],
    ['answered', answered, 'in full, in their own room'],
    ['failed', failed, 'given up, and the room was told'],
    ['lost', lost, 'neither'],
    ['doubled', doubled, 'shown again, and the ledger does not know'],
    ['ambiguous', ambiguous, 'shown again, and marked in the ledger'],
    ['effects repeated', effectsRepeated, 'turns run at least once'],
    ['kills', kills, 'SIGKILL of the daemon, a runner, or both'],
  ]
  return lines
    .map(([name, count, what]) => `${name.padEnd(17)}${String(count).padStart(8)}  ${what}\n`)
    .join('')
}

const complaintsShown = 40

/** What else there is to know, for standard error. */
export function toNotes(outcome: Outcome): string {
  const { verdict, starts, strikes, complaints, kept } = outcome
  const struck = Object.entries(strikes).map(([what, count]) => `${what} ${count}`)
  const more = complaints.length - complaintsShown
  return [
    `daemon started ${starts} times; ${verdict.failed} messages failed; ${verdict.marked} parts were in doubt; ${struck.join(', ')}`,
    ...complaints.slice(0, complaintsShown).map((complaint) => `WRONG: ${complaint}`),
    ...(more > 0 ? [`and ${more} more`] : []),
    ...(kept === undefined ? [] : [`the home and what happened are kept in ${kept}`]),
  ]
    .map((line) => `${line}\n`)
    .join('')
}
