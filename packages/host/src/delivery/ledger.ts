import type { DeliveryChange, PartChange, SettledAlong } from '@nanoclaw/core'
import { errorMessage, isNanoclawError, timestamp } from '@nanoclaw/schema'
import type { DeliveryDeps } from './delivery-deps.ts'
import type { Head, Part } from './head.ts'

const troublePauseMs = 1_000
/** After one of these nothing is sent any more. */
const endings: ReadonlySet<DeliveryChange['status']> = new Set(['delivered', 'failed', 'refused'])

/** Whether the ledger is over for this process, whatever comes. */
export function isClosed(error: unknown): boolean {
  return isNanoclawError(error) && error.code === 'closed'
}

/** Whether what was to be written does not fit what the ledger has. */
export function isBadState(error: unknown): boolean {
  return isNanoclawError(error) && error.code === 'bad-state'
}

/** What a try is counted as: `unknown` is a try, too. Undefined: there was none. */
export type Counted = 'not-sent' | 'unknown' | undefined

/** What a delivery, or a part of it, has been counted as after a try. */
export function countsAfter(
  { attempts, ambiguousCount }: Pick<Part, 'attempts' | 'ambiguousCount'>,
  counted: Counted,
) {
  return {
    attempts: attempts + (counted === undefined ? 0 : 1),
    ambiguousCount: ambiguousCount + (counted === 'unknown' ? 1 : 0),
  }
}

/** Writes what became of deliveries, and keeps the heads in memory as the ledger has them. */
export class Ledger {
  readonly #deps: DeliveryDeps

  constructor(deps: DeliveryDeps) {
    this.#deps = deps
  }

  /** A change of the delivery, and of its parts. */
  async settle(head: Head, change: DeliveryChange, also: SettledAlong = {}): Promise<void> {
    const { id } = head.delivery
    head.delivery = await this.insist(() => this.#deps.mailbox.settle(id, change, also))
    this.#follow(head, also.parts ?? [])
    if (endings.has(change.status)) this.#deps.trace.settled(id)
  }

  /** Changes of parts alone. */
  async settleParts(head: Head, changes: readonly PartChange[]): Promise<void> {
    const { id } = head.delivery
    await this.insist(() => this.#deps.mailbox.settleParts(id, changes))
    this.#follow(head, changes)
  }

  /** A change of the delivery and of the part that is under way, which are counted alike. */
  async settleBoth(
    head: Head,
    part: Part | undefined,
    change: DeliveryChange,
    counted?: Counted,
  ): Promise<void> {
    const { status, error } = change
    const isPart = part !== undefined && (head.parts ?? []).length > 0
    const ofPart = isPart
      ? [{ part: part.number, status, error, ...countsAfter(part, counted) }]
      : []
    const ofAll = { ...change, ...countsAfter(head.delivery, counted) }
    await this.settle(head, ofAll, { parts: ofPart })
  }

  /** Commits, fully synced, that a part is about to be called for. */
  async announce(head: Head, part: Part): Promise<void> {
    const parts =
      (head.parts ?? []).length > 0 ? [{ part: part.number, status: 'sending' } as const] : []
    if (head.delivery.status === 'sending') await this.settleParts(head, parts)
    else await this.settle(head, { status: 'sending', nextAttemptAt: null }, { parts })
    head.isAnnounced = true
  }

  /** The part's key, known from now on to whoever reports on it, until the delivery is let go. */
  register({ delivery: { id }, keys }: Head, { number }: Part): string {
    const { sessionId, keyOf, underWay } = this.#deps
    const key = keyOf(id, number)
    underWay.add(key, { sessionId, messageOutId: id, part: number })
    keys.add(key)
    return key
  }

  /** Durable: what the platform reports on this part finds it, whenever it comes. */
  async noteReceipt({ delivery: { id } }: Head, { number }: Part): Promise<void> {
    const { sessionId, keyOf, receipts } = this.#deps
    const receipt = { sessionId, messageOutId: id, part: number }
    await this.insist(() => receipts.note(keyOf(id, number), receipt))
  }

  /**
   * An outcome is known here alone until it is committed: tried until it is, or we stop. A ledger that
   * is closed stays so.
   */
  async insist<T>(commit: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await commit()
      } catch (error) {
        if (this.#deps.signal.aborted || isClosed(error) || isBadState(error)) throw error
        this.#deps.trouble('delivery-ledger', `the delivery ledger: ${errorMessage(error)}`)
        await this.#deps.sleep(troublePauseMs)
      }
    }
  }

  #follow(head: Head, changes: readonly PartChange[]): void {
    head.isAnnounced = false
    head.isStillInDoubt = false
    if (changes.length === 0) return
    const now = timestamp(this.#deps.clock)
    head.parts = head.parts?.map((part) => {
      const change = changes.find((each) => each.part === part.number)
      return change === undefined ? part : changedPart(part, change, now)
    })
  }
}

function changedPart(part: Part, change: PartChange, now: string): Part {
  const { status, platformMessageId, attempts, ambiguousCount } = change
  return {
    ...part,
    status,
    platformMessageId: platformMessageId ?? part.platformMessageId,
    attempts: attempts ?? part.attempts,
    ambiguousCount: ambiguousCount ?? part.ambiguousCount,
    firstSentAt: part.firstSentAt ?? (status === 'sending' ? now : null),
  }
}
