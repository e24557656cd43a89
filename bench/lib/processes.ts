import { readdirSync, readFileSync } from 'node:fs'

/** What a process, or several, have used and have. Linux only: everything is from /proc. */
export interface Usage {
  /** CPU time of all threads so far, in milliseconds. */
  readonly cpuMs: number
  /** Resident, in bytes; what is shared counts whole. */
  readonly rss: number
  /** Resident, in bytes; what n processes share counts a n-th. */
  readonly pss: number
  /** Resident and shared with nobody, in bytes. */
  readonly own: number
  readonly threads: number
  readonly descriptors: number
}

const none: Usage = { cpuMs: 0, rss: 0, pss: 0, own: 0, threads: 0, descriptors: 0 }

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    // It has ended.
    return ''
  }
}

function list(path: string): readonly string[] {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}

function kibibytes(text: string, ...names: readonly string[]): number {
  return names.reduce((sum, name) => {
    const found = new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)
    return sum + Number(found?.[1] ?? 0) * 1024
  }, 0)
}

/** What one process uses. `memory` false leaves the memory out, which is dear to ask. */
export function usageOf(pid: number, memory = true): Usage {
  const tasks = list(`/proc/${pid}/task`)
  // The first field: nanoseconds on a processor.
  const nanoseconds = tasks.reduce(
    (sum, task) => sum + Number(read(`/proc/${pid}/task/${task}/schedstat`).split(' ')[0] ?? 0),
    0,
  )
  const rollup = memory ? read(`/proc/${pid}/smaps_rollup`) : ''
  return {
    cpuMs: nanoseconds / 1e6,
    rss: kibibytes(rollup, 'Rss'),
    pss: kibibytes(rollup, 'Pss'),
    own: kibibytes(rollup, 'Private_Clean', 'Private_Dirty'),
    threads: tasks.length,
    descriptors: list(`/proc/${pid}/fd`).length,
  }
}

/** Several together. */
export function usageOfAll(pids: readonly number[], memory = true): Usage {
  return pids
    .map((pid) => usageOf(pid, memory))
    .reduce(
      (a, b) => ({
        cpuMs: a.cpuMs + b.cpuMs,
        rss: a.rss + b.rss,
        pss: a.pss + b.pss,
        own: a.own + b.own,
        threads: a.threads + b.threads,
        descriptors: a.descriptors + b.descriptors,
      }),
      none,
    )
}

/** All that a process has started and that still runs, without itself. */
export function descendants(pid: number): readonly number[] {
  return list(`/proc/${pid}/task`).flatMap((task) =>
    read(`/proc/${pid}/task/${task}/children`)
      .split(' ')
      .filter((text) => text !== '')
      .flatMap((text) => [Number(text), ...descendants(Number(text))]),
  )
}

/** Bytes of memory as megabytes (10^6). */
export function megabytes(bytes: number): number {
  return Math.round(bytes / 1e4) / 100
}
