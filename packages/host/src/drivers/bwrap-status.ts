import type { Readable } from 'node:stream'

/** What bwrap reports of one container on its status descriptor. */
export interface BwrapStatus {
  /** Host's number of the container's first process; null when bwrap ended before it had one. */
  readonly childPid: Promise<number | null>
  /** Whether the program inside was reached: bwrap tells its exit code only then. */
  reached(): boolean
}

const longestStatus = 4096

/** Reads the status that `--json-status-fd` gives (bubblewrap 0.4 and newer). */
export function readBwrapStatus(stream: Readable): BwrapStatus {
  let text = ''
  const childPid = new Promise<number | null>((resolve) => {
    stream.on('data', (chunk: Buffer) => {
      if (text.length < longestStatus) text += chunk.toString('utf8')
      const found = /"child-pid": *(\d+)/.exec(text)?.[1]
      if (found !== undefined) resolve(Number(found))
    })
    stream.once('close', () => resolve(null))
    stream.on('error', () => resolve(null))
  })
  return { childPid, reached: () => text.includes('"exit-code"') }
}
