import { randomUUID } from 'node:crypto'
import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs'
import { join } from 'node:path'

/**
 * What a reader process has begun: sixteen bytes of a file without a name that it shares with the
 * host, the number of the request and when it took it up. The host looks only when an answer is late
 * or the process has ended, so that a read that goes well costs no second message.
 */
export interface BegunRecord {
  readonly descriptor: number
  last(): Begun
  close(): void
}

/** The request that was begun last. */
export interface Begun {
  /** Counted from 1 for each process; 0: none. */
  readonly request: number
  /** By `process.hrtime.bigint()`, which is one clock for all processes of a machine. */
  readonly atNs: bigint
}

/** The descriptor under which the reader process finds its record. */
const recordDescriptor = 3

const recordBytes = 16

/** With room for what is to be written: no read may need any on a disk that is full by then. */
function openNameless(folder: string): number {
  const path = join(folder, `nanoclaw-reader-${randomUUID()}`)
  const descriptor = openSync(path, 'wx+', 0o600)
  try {
    unlinkSync(path)
    writeSync(descriptor, Buffer.alloc(recordBytes), 0, recordBytes, 0)
    return descriptor
  } catch (error) {
    closeSync(descriptor)
    throw error
  }
}

function openInOneOf(folders: readonly string[]): number {
  let failure: unknown
  for (const folder of folders) {
    try {
      return openNameless(folder)
    } catch (error) {
      failure = error
    }
  }
  throw failure
}

/** Makes a record in the first of these folders that can be written to and has room for it. */
export function openBegunRecord(folders: readonly string[]): BegunRecord {
  const descriptor = openInOneOf(folders)
  const bytes = Buffer.alloc(recordBytes)
  let isOpen = true
  return {
    descriptor,
    last() {
      const read = isOpen ? readSync(descriptor, bytes, 0, recordBytes, 0) : 0
      if (read < recordBytes) return { request: 0, atNs: 0n }
      return { request: Number(bytes.readBigUInt64LE(0)), atNs: bytes.readBigUInt64LE(8) }
    },
    close() {
      if (isOpen) closeSync(descriptor)
      isOpen = false
    },
  }
}

/**
 * For the reader process: call it with each request, before anything is opened for it. A read does not
 * depend on it: what cannot be noted is only no evidence.
 */
export function createBegunWriter(descriptor = recordDescriptor): () => void {
  const bytes = Buffer.alloc(recordBytes)
  let requests = 0n
  return () => {
    requests += 1n
    bytes.writeBigUInt64LE(requests, 0)
    bytes.writeBigUInt64LE(process.hrtime.bigint(), 8)
    try {
      writeSync(descriptor, bytes, 0, recordBytes, 0)
    } catch {
      // The host takes it that the request was not begun, and asks another process in the end.
    }
  }
}
