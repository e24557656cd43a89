import { writeSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { leaveLine, ringLine } from '@nanoclaw/schema'

/** Longer lines than a ring are noise; no more than this of one is kept. */
const longestLine = 64

/** What the doorbell tells the runner. */
export interface DoorbellListener {
  readonly ring: () => void
  /** The host wants the container's place: finish the running turn, and exit. */
  readonly leave: () => void
  /** The host closed the line: finish and exit. */
  readonly end: () => void
}

/** Listens for rings on the runner's standard input. Anything else on it is ignored. */
export function listenForRings(input: Readable, listener: DoorbellListener): void {
  let line = ''
  input.setEncoding('utf8')
  input.on('data', (chunk: string) => {
    let rang = false
    for (const char of chunk) {
      if (char !== '\n') {
        if (line.length < longestLine) line += char
        continue
      }
      if (line.trim() === ringLine) rang = true
      if (line.trim() === leaveLine) listener.leave()
      line = ''
    }
    if (rang) listener.ring()
  })
  input.once('end', listener.end)
  input.once('error', listener.end)
}

/**
 * Rings on the runner's standard output, past node's streams: a ring is in every message's way. A host
 * that is gone, or has more rings waiting than fit, is not an error here: a ring is a hint. Takes the
 * stream and not its number, because node makes a pipe one that blocks nobody when it makes its stream.
 */
export function createBell({ fd }: { readonly fd: number }): () => void {
  const ring = `${ringLine}\n`
  return () => {
    try {
      writeSync(fd, ring)
    } catch {
      // Nobody is there, or is behind with rings.
    }
  }
}
