import { open, rename, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { timestamp, type Clock } from '@nanoclaw/schema'

/** What one session's container says, in a file of the session's private folder. */
export interface ContainerLog {
  /** Takes a line; never waits and never throws. */
  line(text: string): void
  /** Writes what is left. Never rejects. */
  close(): Promise<void>
}

/** Where the log stands, and how much it may take. */
export interface ContainerLogOptions {
  /** The session's private folder; `container.log` in it, and one older one, `container.log.1`. */
  readonly folder: string
  readonly clock: Clock
  /** Told once, when the file cannot be written. */
  readonly onTrouble: (error: unknown) => void
  /** A file that has grown past this is put aside. Default 1 MiB. */
  readonly maxBytes?: number
  /** What a container may log in a second; the rest is dropped and counted. Default 64 KiB. */
  readonly bytesPerSecond?: number
}

const name = 'container.log'
const defaultMaxBytes = 1024 * 1024
const defaultBytesPerSecond = 64 * 1024
/** What may wait for a slow disk: more is dropped and counted. */
const mostWaiting = 256 * 1024
const windowMs = 1_000

/**
 * Keeps a container's words out of the daemon's log, which a flood of them would rotate away, and
 * its writes off the event loop. A container can fill two files of `maxBytes`, and no more.
 */
export function createContainerLog(options: ContainerLogOptions): ContainerLog {
  const { folder, clock, onTrouble } = options
  const { maxBytes = defaultMaxBytes, bytesPerSecond = defaultBytesPerSecond } = options
  const file = createRotatingFile(join(folder, name), maxBytes)
  let waiting = ''
  let dropped = 0
  let spent = 0
  let windowStart = performance.now()
  let writing: Promise<void> | undefined
  let broken = false

  const flush = async (): Promise<void> => {
    try {
      while (waiting !== '') {
        const text = waiting
        waiting = ''
        await file.append(text)
      }
    } catch (error) {
      if (!broken) onTrouble(error)
      broken = true
      waiting = ''
    } finally {
      writing = undefined
    }
  }
  const add = (text: string): void => {
    waiting += `${timestamp(clock)} ${printable(text)}\n`
    writing ??= flush()
  }
  const tellDropped = (): void => {
    if (dropped > 0) add(`(${dropped} lines dropped: more than the log takes)`)
    dropped = 0
  }
  return {
    line(text) {
      const now = performance.now()
      if (now - windowStart >= windowMs) {
        windowStart = now
        spent = 0
      }
      spent += text.length
      if (broken) return
      if (spent > bytesPerSecond || waiting.length > mostWaiting) {
        dropped += 1
        return
      }
      tellDropped()
      add(text)
    },
    async close() {
      if (!broken) tellDropped()
      await writing
      await file.close()
    },
  }
}

/** Of another's words, nothing that would steer the terminal of whoever reads the file. */
function printable(text: string): string {
  return text.replaceAll(/[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/g, '\u{fffd}')
}

function createRotatingFile(path: string, maxBytes: number) {
  let handle: FileHandle | undefined
  let bytes = 0
  const close = async (): Promise<void> => {
    await handle?.close().catch(() => undefined)
    handle = undefined
  }
  return {
    async append(text: string): Promise<void> {
      if (handle === undefined) {
        handle = await open(path, 'a', 0o600)
        bytes = (await handle.stat()).size
      }
      const chunk = Buffer.from(text)
      await handle.appendFile(chunk)
      bytes += chunk.length
      if (bytes < maxBytes) return
      await close()
      await rename(path, `${path}.1`)
    },
    close,
  }
}
