import { open } from 'node:fs/promises'

/** Most of what is read there is shorter: a line of `stat`, a label in an otherwise empty environment. */
const chunkBytes = 4_096

/**
 * The whole text of a file below `/proc`, which has no size to ask for: `readFile` takes 64 kB for
 * each such file, some 13 MB for all processes of a small machine. Throws what opening and reading throw.
 */
export async function readProc(path: string, encoding: 'utf8' | 'latin1'): Promise<string> {
  const file = await open(path)
  try {
    const chunks: Buffer[] = []
    for (;;) {
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(chunkBytes), 0, chunkBytes)
      if (bytesRead === 0) return Buffer.concat(chunks).toString(encoding)
      chunks.push(buffer.subarray(0, bytesRead))
    }
  } finally {
    await file.close()
  }
}
