const newline = 0x0a

function lineOf(parts: readonly Buffer[], chunk: Buffer, at: number, end: number): string {
  if (parts.length === 0) return chunk.toString('utf8', at, end)
  return Buffer.concat([...parts, chunk.subarray(at, end)]).toString('utf8')
}

/**
 * Cuts bytes into lines of at most `longest` bytes. `push` returns false once a line is longer; the
 * stream cannot be trusted from there on.
 */
export function createLineReader(longest: number, onLine: (line: string) => void) {
  let parts: Buffer[] = []
  let held = 0
  return {
    push(chunk: Buffer): boolean {
      let at = 0
      for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, at)) {
        const line = lineOf(parts, chunk, at, end)
        parts = []
        held = 0
        at = end + 1
        onLine(line)
      }
      // A copy: the caller may use its buffer again.
      if (at < chunk.length) parts.push(Buffer.from(chunk.subarray(at)))
      held += chunk.length - at
      return held <= longest
    },
  }
}
