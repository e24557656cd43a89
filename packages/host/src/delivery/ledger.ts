import type { DeliveryChange, NewInbound, PartChange } from '@nanoclaw/core'
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

function isPassing(error: unknown): boolean {
  return !(isNanoclawError(error) && (error.code === 'closed' || error.code === 'bad-state'))
}

/** Writes what became of deliveries, and keeps the heads in memory as the ledger has them. */
export class Ledger {
  readonly #deps: DeliveryDeps

  constructor(deps: DeliveryDeps) {
    this.#deps = deps
  }

  /** A change of the whole delivery. */
  async settle(
    head: Head,
    change: DeliveryChange,
    notices: readonly NewInbound[] = [],
  ): Promise<void> {
    const { id } = head.delivery
    head.delivery = await this.insist(() => this.#deps.mailbox.settle(id, change, notices))
    head.isAnnounced = false
    if (endings.has(change.status)) this.#deps.trace.settled(id)
  }

  /** Changes of parts that are known, in one commit. */
  async settleParts(head: Head, changes: readonly PartChange[]): Promise<void> {
    const { id } = head.delivery
    await this.insist(() => this.#deps.mailbox.settleParts(id, changes))
    const now = timestamp(this.#deps.clock)
    head.parts = head.parts?.map((part) => {
      const change = changes.find((each) => each.part === part.number)
      return change === undefined ? part : changedPart(part, change, now)
    })
  }

  /**
   * A change of the delivery and of the part that is under way. The part first: what it says holds
   * when a crash keeps the delivery from following. `counted`: one more outcome is unknown.
   */
  async settleBoth(
    head: Head,
    part: Part | undefined,
    change: DeliveryChange,
    also: { readonly notices?: readonly NewInbound[]; readonly counted?: boolean } = {},
  ): Promise<void> {
    if (part !== undefined && (head.parts ?? []).length > 0) {
      const ambiguousCount = part.ambiguousCount + (also.counted === true ? 1 : 0)
      const { status, error } = change
      await this.settleParts(head, [{ part: part.number, status, error, ambiguousCount }])
    }
    await this.settle(head, change, also.notices)
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
        if (this.#deps.signal.aborted || !isPassing(error)) throw error
        this.#deps.trouble('delivery-ledger', `the delivery ledger: ${errorMessage(error)}`)
        await this.#deps.sleep(troublePauseMs)
      }
    }
  }
}

function changedPart(part: Part, change: PartChange, now: string): Part {
  const { status, platformMessageId, ambiguousCount } = change
  return {
    ...part,
    status,
    platformMessageId: platformMessageId ?? part.platformMessageId,
    ambiguousCount: ambiguousCount ?? part.ambiguousCount,
    firstSentAt: part.firstSentAt ?? (status === 'sending' ? now : null),
  }
}
