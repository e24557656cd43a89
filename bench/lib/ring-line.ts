/** Rings of many sessions over one pipe: the numbers of those that ring, a line each. */
export interface RingWriter {
  ring(number: number): void
}

/** What rings in one turn of the event loop is one write, each session once. */
export function createRingWriter(write: (text: string) => void): RingWriter {
  const waiting = new Set<number>()
  return {
    ring(number) {
      if (waiting.size === 0) {
        setImmediate(() => {
          write([...waiting, ''].join('\n'))
          waiting.clear()
        })
      }
      waiting.add(number)
    },
  }
}

/** Reads what such a writer has written. */
export function createRingReader(onRing: (number: number) => void): (chunk: string) => void {
  let rest = ''
  return (chunk) => {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const number of new Set(lines)) onRing(Number(number))
  }
}
