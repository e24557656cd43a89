import type { PartChange } from '@nanoclaw/core'
import type { Head, Part } from './head.ts'
import { countsAfter, type Counted } from './ledger.ts'

/** How a delivery ends that does not go out. */
export interface Ending {
  readonly status: 'failed' | 'refused'
  readonly reason: string
  readonly counted?: Counted
  /** The platform, or a person, says of the part that it has not arrived. Default false. */
  readonly isKnown?: boolean
  /** The operator has said so: he is not told. */
  readonly isByHand?: boolean
}

/** Why nothing more is tried. */
export function givenUp(tries: number, reason: string): string {
  return `given up after ${tries} ${tries === 1 ? 'try' : 'tries'}: ${reason}`
}

/** What becomes of another part that is announced, or was found so: it may have arrived. */
export function endOfOther(head: Head, ended: Part | undefined): readonly PartChange[] {
  const other = (head.parts ?? []).find(
    ({ number, status }) => status === 'sending' && number !== ended?.number,
  )
  if (other === undefined) return []
  const part = other.number
  if (head.isAnnounced) return [{ part, status: 'retrying' }]
  return [{ part, status: 'ambiguous', ...countsAfter(other, 'unknown') }]
}

/** What becomes of the part that fails; none is refused, since what is queued again begins with it. */
export function endOfFailing(
  head: Head,
  part: Part | undefined,
  { status, counted }: Ending,
  error: string,
): readonly PartChange[] {
  const isOne = (head.parts ?? []).length === 0
  if (isOne || part === undefined || part.status === 'failed' || status !== 'failed') return []
  return [{ part: part.number, status, error, ...countsAfter(part, counted) }]
}
