import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'

const blockBytes = 512
/** A packed package unpacks to less; what says otherwise is no package. */
const mostBytes = 512 * 1024 * 1024

/**
 * The text of one file of a packed package, whose paths begin with a folder that npm leaves away.
 * Rejects where there is no such file, or no such archive. The form is that of POSIX ustar.
 */
export async function readTarballFile(path: string, name: string): Promise<string> {
  const unpack = promisify<Buffer, { maxOutputLength: number }, Buffer>(gunzip)
  const bytes = await unpack(await readFile(path), { maxOutputLength: mostBytes })
  for (let at = 0; at + blockBytes <= bytes.length;) {
    const field = (from: number, to: number): string =>
      bytes.toString('latin1', at + from, at + to).replace(/\0.*$/s, '')
    const size = Number.parseInt(field(124, 136).trim() || '0', 8)
    if (!Number.isSafeInteger(size)) break
    const start = at + blockBytes
    if (field(0, 100).replace(/^[^/]*\//, '') === name) {
      return bytes.toString('utf8', start, start + size)
    }
    at = start + Math.ceil(size / blockBytes) * blockBytes
  }
  throw new Error(`there is no ${name} in ${path}`)
}
