import type { Readable } from 'node:stream'
import { leaveLine, ringLine } from '@nanoclaw/schema'

const newline = 0x0a
const ring = Buffer.from(ringLine)

/** The doorbell's line, as it is written to a container's standard input. */
export const ringText = `${ringLine}\n`
/** Asks it to end after its turn. */
export const leaveText = `${leaveLine}\n`

/** Longest line of a container's standard error that is passed on, in bytes; the rest is cut. */
export const longestLogLine = 8192

/**
 * What a container may say per window before its pipe is left unread until the window ends: a
 * flood then blocks the container's own writes, and neither the host's loop nor its memory.
 */
const readBudget = { bytes: 256 * 1024, windowMs: 100 }

/**
 * Finds lines that are exactly `ring` in a stream of bytes. Keeps one number, whatever comes;
 * calls at most once per chunk.
 */
export function createRingReader(onRing: () => void): (chunk: Uint8Array) => void {
  // How many bytes of the current line match `ring`; -1 once the line can be no ring.
  let matched = 0
  return (chunk) => {
    let rang = false
    let at = 0
    while (at < chunk.length) {
      if (matched === -1) {
        const end = chunk.indexOf(newline, at)
        if (end === -1) break
        at = end + 1
        matched = 0
        continue
      }
      const byte = chunk[at++]
      if (byte === newline) {
        rang ||= matched === ring.length
        matched = 0
      } else {
        matched = matched < ring.length && byte === ring[matched] ? matched + 1 : -1
      }
    }
    if (rang) onRing()
  }
}

/** A line splitter that never holds more than {@link longestLogLine} bytes. */
export interface LineCutter {
  push(chunk: Uint8Array): void
  /** Passes on what stood after the last newline. */
  end(): void
}

/** Cuts bytes into lines; a line that is too long comes once, with `…` at its end. */
export function createLineCutter(log: (line: string) => void): LineCutter {
  let parts: Uint8Array[] = []
  let held = 0
  let skipping = false
  const flush = (mark = '') => {
    const text = Buffer.concat(parts).toString('utf8')
    parts = []
    held = 0
    log(text.endsWith('\r') ? text.slice(0, -1) : text + mark)
  }
  return {
    push(chunk) {
      let at = 0
      while (at < chunk.length) {
        const found = chunk.indexOf(newline, at)
        const end = found === -1 ? chunk.length : found
        if (!skipping && end > at) {
          const piece = chunk.subarray(at, Math.min(end, at + longestLogLine - held))
          // A copy: a view would keep the whole chunk alive.
          parts.push(Buffer.from(piece))
          held += piece.length
          if (at + piece.length < end) {
            flush('…')
            skipping = true
          }
        }
        if (found === -1) return
        if (skipping) skipping = false
        else flush()
        at = found + 1
      }
    },
    end() {
      if (held > 0) flush()
      skipping = false
    },
  }
}

/**
 * Reads a stream into a consumer, within a budget of bytes per window (256 KiB per 100 ms).
 * @returns stops reading for good and forgets what is unread.
 */
export function readWithinBudget(
  stream: Readable,
  consume: (chunk: Uint8Array) => void,
): () => void {
  let windowStart = performance.now()
  let spent = 0
  let timer: NodeJS.Timeout | undefined
  stream.on('data', (chunk: Buffer) => {
    const now = performance.now()
    if (now - windowStart > readBudget.windowMs) {
      windowStart = now
      spent = 0
    }
    spent += chunk.length
    consume(chunk)
    if (spent <= readBudget.bytes || timer) return
    stream.pause()
    timer = setTimeout(() => {
      timer = undefined
      stream.resume()
    }, readBudget.windowMs)
  })
  // A pipe of a process that was killed may end in ECONNRESET; its exit says all there is to say.
  stream.on('error', () => undefined)
  return () => {
    clearTimeout(timer)
    stream.destroy()
  }
}
