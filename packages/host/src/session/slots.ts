import type { HostLimits } from '../limits.ts'

/** Somebody who holds a slot, or wants one. */
export interface SlotHolder {
  /** Whose container it is: agents have slots in turn. */
  readonly agentId: string
  /** Whether its container could end now without harm. */
  isIdle(): boolean
  /** Asks it to give its slot back soon. */
  evict(): void
  /** Asks it to give its slot back when its container has ended a turn, though it has more to do. */
  handOn(): void
}

interface Waiting {
  readonly holder: SlotHolder
  readonly grant: () => void
}

/** A slot that is taken. */
interface Held {
  /** By our own clock. */
  readonly since: number
  /** It has been asked to give it back: at once, or after a turn. */
  asked: 'no' | 'after-turn' | 'now'
}

/**
 * The cap on running containers. More sessions may wait than there are slots:
 *
 * 1. Agents have slots in turn: who has had one goes behind the others that wait. Within one agent who
 *    has waited longest is first.
 * 2. Whoever waits makes an idle holder give its slot back, the one that has held it longest first.
 * 3. Where none is idle, one that has held its slot for its share of time (`slotMs`) hands it on after
 *    its turn: who always has work keeps nobody waiting for ever.
 */
export class Slots {
  readonly #limits: Pick<HostLimits, 'maxContainers' | 'slotMs'>
  readonly #now: () => number
  /** In the order in which they were given. */
  readonly #holders = new Map<SlotHolder, Held>()
  /** Who waits, by agent; the first agent has the next slot. */
  readonly #waiting = new Map<string, Waiting[]>()
  #waitingCount = 0
  /** Holders that have been asked, in whichever way. */
  #askedCount = 0
  #timer: NodeJS.Timeout | undefined

  /** `now`: a monotonic clock in milliseconds. */
  constructor(
    limits: Pick<HostLimits, 'maxContainers' | 'slotMs'>,
    now: () => number = () => performance.now(),
  ) {
    this.#limits = limits
    this.#now = now
  }

  get inUse(): number {
    return this.#holders.size
  }

  get waiting(): number {
    return this.#waitingCount
  }

  /** Resolves when the holder has a slot; `false` when the signal aborted first. */
  acquire(holder: SlotHolder, signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return Promise.resolve(false)
    if (this.#holders.size < this.#limits.maxContainers && this.#waitingCount === 0) {
      this.#hold(holder)
      return Promise.resolve(true)
    }
    return new Promise((resolve) => {
      const onAbort = (): void => {
        this.#leave(entry)
        resolve(false)
      }
      const entry: Waiting = {
        holder,
        grant: () => {
          signal.removeEventListener('abort', onAbort)
          resolve(true)
        },
      }
      signal.addEventListener('abort', onAbort, { once: true })
      this.#enter(entry)
      this.#makeRoom()
    })
  }

  release(holder: SlotHolder): void {
    const held = this.#holders.get(holder)
    if (held === undefined) return
    this.#holders.delete(holder)
    if (held.asked !== 'no') this.#askedCount -= 1
    const next = this.#next()
    if (next !== undefined) {
      this.#hold(next.holder)
      next.grant()
    }
    this.#makeRoom()
  }

  /** To be called when a holder has become idle. */
  becameIdle(): void {
    this.#makeRoom()
  }

  #hold(holder: SlotHolder): void {
    this.#holders.set(holder, { since: this.#now(), asked: 'no' })
  }

  #enter(entry: Waiting): void {
    const { agentId } = entry.holder
    const line = this.#waiting.get(agentId)
    if (line === undefined) this.#waiting.set(agentId, [entry])
    else line.push(entry)
    this.#waitingCount += 1
  }

  #leave(entry: Waiting): void {
    const { agentId } = entry.holder
    const line = this.#waiting.get(agentId)
    const index = line?.indexOf(entry) ?? -1
    if (line === undefined || index < 0) return
    line.splice(index, 1)
    this.#waitingCount -= 1
    if (line.length === 0) this.#waiting.delete(agentId)
    if (this.#waitingCount === 0) this.#stopTimer()
  }

  /** Takes out who is next; its agent goes behind the others. */
  #next(): Waiting | undefined {
    const [first] = this.#waiting
    if (first === undefined) return undefined
    const [agentId, line] = first
    const next = line.shift()
    this.#waitingCount -= 1
    this.#waiting.delete(agentId)
    if (line.length > 0) this.#waiting.set(agentId, line)
    return next
  }

  #makeRoom(): void {
    this.#stopTimer()
    if (this.#waitingCount === 0) return
    this.#askIdle()
    this.#askOverdue()
  }

  /** One that was asked to hand on after its turn, and is idle, need not wait for another. */
  #askIdle(): void {
    for (const [holder, held] of this.#holders) {
      const isFree = held.asked === 'no' && this.#askedCount < this.#waitingCount
      if (!(isFree || held.asked === 'after-turn') || !holder.isIdle()) continue
      this.#ask(held, 'now')
      holder.evict()
    }
  }

  /** Those who hold a slot stand in the order of their time. */
  #askOverdue(): void {
    if (this.#limits.slotMs === Infinity) return
    for (const [holder, held] of this.#holders) {
      if (this.#askedCount >= this.#waitingCount) return
      if (held.asked !== 'no') continue
      const leftMs = held.since + this.#limits.slotMs - this.#now()
      if (leftMs > 0) {
        this.#timer = setTimeout(() => this.#makeRoom(), Math.ceil(leftMs))
        return
      }
      this.#ask(held, 'after-turn')
      holder.handOn()
    }
  }

  #ask(held: Held, how: Exclude<Held['asked'], 'no'>): void {
    if (held.asked === 'no') this.#askedCount += 1
    held.asked = how
  }

  #stopTimer(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }
}
