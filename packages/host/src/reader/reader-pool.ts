import type { Logger, ReadOutcome, ReadRequest } from '@nanoclaw/core'
import { errorMessage, isNanoclawError } from '@nanoclaw/schema'
import { Lane, type Job } from './lane.ts'
import type { ReaderSlot, SlotRead } from './reader-slot.ts'
import { Suspects } from './suspects.ts'

/** Which processes there may be, and for how long; times in milliseconds. */
export interface PoolLimits {
  /** For sessions with nothing against them. */
  readonly lanes: number
  /** For sessions that are kept apart: each has one of its own, until they have to share. */
  readonly wards: number
  /** A read that has waited longer for a process that is reading something else goes to another. */
  readonly patienceMs: number
  /** A read that takes longer is a strike, though it came to its end. */
  readonly slowMs: number
  /** How long a session is kept apart after its last strike. */
  readonly strikeMs: number
  /** What has not been used for so long is ended, but one process that is kept ready. */
  readonly idleMs: number
  /** The same for a process of a session that is kept apart. */
  readonly wardIdleMs: number
  /** A file that has not been read for so long is closed. */
  readonly closeMs: number
}

/** What a pool is made of. */
export interface ReaderPoolDeps {
  readonly limits: PoolLimits
  readonly logger: Logger
  createSlot(): ReaderSlot
}

type SessionName = Pick<ReadRequest, 'agentGroupId' | 'sessionId'>

/** Where a session's file is kept open. */
interface Home {
  readonly lane: Lane
  readonly session: SessionName
  readonly readAt: number
}

const looksEveryMs = 5_000
/** What could not be started stands in the way of another for so long. */
const startAgainMs = 250

const isClosed = (error: unknown) => isNanoclawError(error) && error.code === 'closed'

const keyOf = ({ agentGroupId, sessionId }: SessionName): string => `${agentGroupId}/${sessionId}`

/**
 * Several reader processes, and who is read by which.
 * 1. Of one session one read runs at a time; its reads run in the order they were made.
 * 2. A session goes on being read by the process that keeps its file open, unless that is stuck.
 * 3. A session with a strike against it is read by none that others are read by.
 * 4. So nobody waits for the deadline of another's read: only for `patienceMs`, and for a start
 *    when all processes are stuck at once.
 */
export class ReaderPool {
  readonly #deps: ReaderPoolDeps
  readonly #suspects: Suspects
  readonly #lanes: Lane[] = []
  readonly #wards: Lane[] = []
  readonly #homes = new Map<string, Home>()
  readonly #reading = new Set<string>()
  #waiting: Job[] = []
  #pumpSoon: NodeJS.Timeout | undefined
  #looks: NodeJS.Timeout | undefined

  constructor(deps: ReaderPoolDeps) {
    this.#deps = deps
    this.#suspects = new Suspects(deps.limits.strikeMs)
    this.#addLane()
  }

  /** Resolves when there is a process; rejects when there cannot be one. */
  async ready(): Promise<void> {
    await this.#lanes[0]?.slot.warm()
  }

  /** Puts a read in line; it can be taken out again until it has begun. */
  add(
    request: ReadRequest,
    resolve: (outcome: ReadOutcome) => void,
    reject: (reason: unknown) => void,
  ): () => void {
    const job: Job = { request, key: keyOf(request), resolve, reject }
    if (this.#waiting.length > 0 || !this.#begin(job)) {
      this.#waiting.push(job)
      this.#pump()
    }
    return () => {
      this.#waiting = this.#waiting.filter((other) => other !== job)
    }
  }

  /** Has the file of a session closed wherever it is kept open. */
  forget(session: SessionName): void {
    const key = keyOf(session)
    this.#homes.delete(key)
    for (const lane of [...this.#lanes, ...this.#wards]) this.#leave(lane, key, session)
  }

  async stop(reason: () => unknown): Promise<void> {
    clearTimeout(this.#pumpSoon)
    clearInterval(this.#looks)
    const all = [...this.#lanes, ...this.#wards]
    const jobs = [...this.#waiting.splice(0), ...all.flatMap(({ job }) => job ?? [])]
    for (const job of jobs) job.reject(reason())
    await Promise.all(all.map(({ slot }) => slot.stop()))
  }

  #addLane(): Lane {
    const lane = new Lane(this.#deps.createSlot(), performance.now())
    this.#lanes.push(lane)
    return lane
  }

  /** Begins what can be begun, and comes back for the rest. */
  #pump(): void {
    let isFull = false
    this.#waiting = this.#waiting.filter((job) => {
      const isApart = this.#reading.has(job.key) || this.#suspects.has(job.key)
      // Many may wait: what the first of them that wants a lane cannot have, none can.
      if (isFull && !isApart) return true
      if (this.#begin(job)) return false
      isFull ||= !isApart && this.#lanes.every((lane) => !lane.isFree)
      return true
    })
    if (this.#waiting.length === 0 || this.#pumpSoon !== undefined) return
    this.#pumpSoon = setTimeout(() => {
      this.#pumpSoon = undefined
      this.#pump()
    }, this.#deps.limits.patienceMs)
  }

  #begin(job: Job): boolean {
    if (this.#reading.has(job.key)) return false
    const lane = this.#suspects.has(job.key) ? this.#wardOf(job.key) : this.#laneFor(job)
    if (lane?.isFree !== true) return false
    void this.#run(lane, job)
    return true
  }

  #laneFor(job: Job): Lane | undefined {
    const now = performance.now()
    const home = this.#homes.get(job.key)?.lane
    const isStuck = (lane: Lane) => lane.busyMs(now) >= this.#deps.limits.patienceMs
    // What is read there is over sooner than the file could be opened elsewhere.
    if (home !== undefined && home.slot.isUp && !isStuck(home)) return home
    const free = this.#lanes.filter((lane) => lane.isFree)
    const up = free.filter((lane) => lane.slot.isUp)
    if (up.length > 0) return fewest(up)
    const busy = this.#lanes.filter((lane) => !lane.isFree)
    // Who is bound to a process that starts waits for it, whatever becomes free meanwhile.
    if (busy.length === 0) return free[0]
    const grow = free.length === 0 && this.#lanes.length < this.#deps.limits.lanes
    if (grow && busy.every(isStuck)) this.#warm(this.#addLane())
    return undefined
  }

  #wardOf(key: string): Lane {
    const known = this.#wards.find(({ sessions }) => sessions.has(key))
    if (known !== undefined) return known
    if (this.#wards.length >= this.#deps.limits.wards) return fewest(this.#wards)
    const ward = new Lane(this.#deps.createSlot(), performance.now())
    this.#wards.push(ward)
    return ward
  }

  async #run(lane: Lane, job: Job): Promise<void> {
    this.#reading.add(job.key)
    try {
      const read = await lane.run(job, () => performance.now())
      this.#note(lane, job, read)
      job.resolve(read.outcome)
    } catch (error) {
      job.reject(error)
    } finally {
      this.#reading.delete(job.key)
      if (this.#waiting.length > 0) this.#pump()
    }
  }

  #note(lane: Lane, { key, request }: Job, { outcome, ms }: SlotRead): void {
    const now = performance.now()
    this.#looks ??= setInterval(() => this.#look(), looksEveryMs).unref()
    const bad = outcome.outcome === 'violation' || outcome.outcome === 'deadline'
    if (bad || ms >= this.#deps.limits.slowMs) {
      this.#suspects.strike(key, now)
      this.#homes.delete(key)
      if (!this.#wards.includes(lane)) this.#moveToWard(lane, key, request)
      return
    }
    if (this.#suspects.has(key)) return
    const home = this.#homes.get(key)
    if (home !== undefined && home.lane !== lane) this.#leave(home.lane, key, request)
    this.#homes.set(key, { lane, session: request, readAt: now })
    this.#keepSpare()
  }

  /** Its next read follows soon: a drainer looks again after some milliseconds. */
  #moveToWard(from: Lane, key: string, session: SessionName): void {
    this.#leave(from, key, session)
    const ward = this.#wardOf(key)
    ward.sessions.add(key)
    this.#warm(ward)
  }

  #warm(lane: Lane): void {
    lane.slot
      .warm()
      .then(() => this.#pump())
      .catch((error: unknown) => {
        if (isClosed(error)) return
        this.#deps.logger.error(
          { error: errorMessage(error) },
          'There is no further reader process',
        )
        setTimeout(() => this.#giveUp(lane), startAgainMs).unref()
      })
  }

  /** Who waits has another started in its place. */
  #giveUp(lane: Lane): void {
    this.#drop(this.#lanes, (one) => one === lane && !one.slot.isUp)
  }

  /** Where more than one session is read, a second process is ready before one gets stuck. */
  #keepSpare(): void {
    if (this.#homes.size < 2 || this.#lanes.length > 1 || this.#deps.limits.lanes < 2) return
    this.#warm(this.#addLane())
  }

  #leave(lane: Lane, key: string, session: SessionName): void {
    if (lane.sessions.delete(key)) lane.slot.forget(session)
  }

  /** Closes and ends what nobody uses. */
  #look(): void {
    const { limits } = this.#deps
    const now = performance.now()
    for (const [key, { lane, session, readAt }] of this.#homes) {
      if (now - readAt < limits.closeMs) continue
      this.#homes.delete(key)
      this.#leave(lane, key, session)
    }
    for (const key of this.#suspects.acquit(now)) {
      for (const ward of this.#wards) ward.sessions.delete(key)
    }
    for (const ward of this.#wards) if (ward.idleMs(now) >= limits.wardIdleMs) ward.slot.rest()
    this.#drop(this.#wards, ({ sessions }) => sessions.size === 0)
    this.#drop(this.#lanes, (lane) => lane !== this.#lanes[0] && lane.idleMs(now) >= limits.idleMs)
    if (this.#homes.size > 0 || this.#suspects.size > 0 || this.#lanes.length > 1) return
    clearInterval(this.#looks)
    this.#looks = undefined
  }

  /** Takes those that do nothing out, and ends them. */
  #drop(lanes: Lane[], isOver: (lane: Lane) => boolean): void {
    for (const lane of lanes.filter((one) => one.isFree && isOver(one))) {
      lanes.splice(lanes.indexOf(lane), 1)
      for (const key of lane.sessions)
        if (this.#homes.get(key)?.lane === lane) this.#homes.delete(key)
      void lane.slot.stop()
    }
  }
}

/** The one at which the fewest sessions are read. */
function fewest(lanes: readonly Lane[]): Lane {
  return lanes.reduce((least, lane) => (lane.sessions.size < least.sessions.size ? lane : least))
}
