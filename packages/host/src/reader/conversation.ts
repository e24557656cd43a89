import type { ReadRequest } from '@nanoclaw/core'
import type { ReaderChild } from './reader-child.ts'
import type { Overdue } from './overdue.ts'
import { encodeRead, type ReaderMessage } from './wire.ts'

/** How a request to one process ended. */
export type ReadEnd =
  | Extract<ReaderMessage, { type: 'answer' | 'trouble' }>
  | { readonly type: 'deadline' }
  | { readonly type: 'garbled' }
  /** `begun`: while it was reading, so that the file is to blame. */
  | { readonly type: 'died'; readonly begun: boolean; readonly how: string }

/** What a process does. */
export type ChildEvent =
  ReaderMessage | { readonly type: 'garbled' } | { readonly type: 'exited'; readonly how: string }

/** A process, and whoever listens to it just now. */
export interface LiveReader {
  readonly child: ReaderChild
  listener: ((event: ChildEvent) => void) | undefined
  readonly overdue: Overdue
  /** How many reads it has been asked for. */
  asked: number
  /** Why it is of no more use, once it has ended or was killed. */
  gone: string | undefined
}

/** Node and its modules, on a machine that is busy. */
const startWithinMs = 10_000

/** Calls `late` unless cancelled, and not before what has arrived in the meantime has been read. */
function alarm(ms: number, late: () => void): () => void {
  let immediate: NodeJS.Immediate | undefined
  const timer = setTimeout(() => {
    immediate = setImmediate(late)
  }, ms)
  return () => {
    clearTimeout(timer)
    clearImmediate(immediate)
  }
}

/** Waits for a process that has just been started; resolves to why it is none, or to undefined. */
export function untilReady(live: LiveReader): Promise<string | undefined> {
  return new Promise((resolve) => {
    const settle = (how: string | undefined) => {
      cancel()
      live.listener = undefined
      resolve(how)
    }
    const cancel = alarm(startWithinMs, () => settle('it took too long'))
    live.listener = (event) => {
      if (event.type === 'ready') settle(undefined)
      if (event.type === 'exited') settle(event.how)
    }
  })
}

/**
 * Puts one read to an idle process. The deadline runs from when the process has begun it, as its
 * record says, which is looked at only when it might be over.
 */
export function converse(
  live: LiveReader,
  request: ReadRequest,
  deadlineMs: number,
): Promise<ReadEnd> {
  live.asked += 1
  const { asked } = live
  const askedAt = performance.now()
  // Who reads a file of the container's making writes the record, too: no time of it ends the deadline.
  const begunMs = (): number | undefined => {
    const { request: last, atNs } = live.child.lastBegun()
    if (last !== asked) return undefined
    const ms = Number(process.hrtime.bigint() - atNs) / 1e6
    const waitedMs = performance.now() - askedAt
    return ms >= 0 && ms <= waitedMs ? ms : waitedMs
  }
  return new Promise((resolve) => {
    const settle = (end: ReadEnd) => {
      live.overdue.end()
      live.listener = undefined
      resolve(end)
    }
    const look = () => {
      const ms = begunMs()
      if (ms !== undefined && ms >= deadlineMs) return settle({ type: 'deadline' })
      if (ms === undefined && performance.now() - askedAt > startWithinMs) {
        return settle({ type: 'died', begun: false, how: 'it did not take the request up' })
      }
      live.overdue.begin(Math.ceil(deadlineMs - (ms ?? 0)), look)
    }
    live.overdue.begin(deadlineMs, look)
    live.listener = (event) => {
      switch (event.type) {
        case 'exited':
          return settle({ type: 'died', begun: begunMs() !== undefined, how: event.how })
        case 'ready':
          return
        default:
          return settle(event)
      }
    }
    live.child.send(encodeRead(request))
  })
}
