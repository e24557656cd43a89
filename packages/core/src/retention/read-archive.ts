import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { constants, createGunzip } from 'node:zlib'
import { errorMessage, NanoclawError } from '@nanoclaw/schema'
import { explainFileError, systemCode } from '../files/file-errors.ts'
import type { PrunedRow } from './types.ts'

const tables: ReadonlySet<unknown> = new Set<PrunedRow['table']>([
  'messages_in',
  'delivered',
  'delivered_parts',
  'events',
])

function toRow(line: string): PrunedRow | undefined {
  try {
    const found: unknown = JSON.parse(line)
    if (typeof found !== 'object' || found === null) return undefined
    const isRow = tables.has(Reflect.get(found, 'table')) && 'row' in found
    // Written by this package, in a folder of the host's alone.
    return isRow ? (found as PrunedRow) : undefined
  } catch {
    return undefined
  }
}

/**
 * The rows of one file of a session's archive (`private/archive/*.jsonl.gz`), oldest first. What a
 * crash has cut off is left out, and so is what a later release has written besides; a row may stand
 * there twice. Throws `io`, `corrupt`.
 */
export async function* readArchive(path: string): AsyncGenerator<PrunedRow, void, undefined> {
  const file = createReadStream(path)
  // A member that ends too early gives what it has.
  const text = createGunzip({ finishFlush: constants.Z_SYNC_FLUSH })
  let failure: unknown
  file.on('error', (error) => {
    failure = error
    text.end()
  })
  text.on('error', () => undefined)
  try {
    for await (const line of createInterface({ input: file.pipe(text), crlfDelay: Infinity })) {
      const row = toRow(line)
      if (row !== undefined) yield row
    }
  } catch (error) {
    if (!/^Z_/.test(systemCode(error))) throw explainFileError(error, path)
    const message = `${path} is damaged (${errorMessage(error)}); put back a copy of it, or take it away`
    throw new NanoclawError('corrupt', message, { cause: error })
  } finally {
    file.destroy()
    text.destroy()
  }
  if (failure !== undefined) throw explainFileError(failure, path)
}
