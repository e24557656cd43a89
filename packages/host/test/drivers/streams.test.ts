import fc from 'fast-check'
import { PassThrough } from 'node:stream'
import { describe, expect, test } from 'vitest'
import {
  createLineCutter,
  createRingReader,
  longestLogLine,
  readWithinBudget,
} from '../../src/drivers/streams.ts'

/** Cuts a text into chunks at these places, wherever they fall. */
function chunks(text: string, cuts: readonly number[]): Buffer[] {
  const bytes = Buffer.from(text)
  const at = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]
  return at.slice(1).map((end, i) => bytes.subarray(at[i], end))
}

const cuts = fc.array(fc.nat(), { maxLength: 8 })
const line = fc.oneof(
  fc.constant('ring'),
  fc.constantFrom('', 'rin', 'rring', 'ringg', ' ring', 'ring\r', 'RING'),
  fc.string().map((text) => text.replaceAll('\n', '')),
)

describe('ring reader', () => {
  test('rings once for each line that is exactly `ring`, when lines come one by one', () => {
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        let rings = 0
        const read = createRingReader(() => (rings += 1))
        for (const text of lines) read(Buffer.from(`${text}\n`))
        expect(rings).toBe(lines.filter((text) => text === 'ring').length)
      }),
    )
  })

  test('rings wherever the chunks are cut, and never without a ring', () => {
    fc.assert(
      fc.property(fc.array(line), cuts, (lines, at) => {
        let rings = 0
        const read = createRingReader(() => (rings += 1))
        for (const chunk of chunks(lines.map((text) => `${text}\n`).join(''), at)) read(chunk)
        const expected = lines.filter((text) => text === 'ring').length
        expect(rings > 0).toBe(expected > 0)
        expect(rings).toBeLessThanOrEqual(expected)
      }),
    )
  })

  test('makes one call of many rings in a chunk', () => {
    let rings = 0
    createRingReader(() => (rings += 1))(Buffer.from('ring\n'.repeat(1000)))
    expect(rings).toBe(1)
  })

  test('does not ring for a last line without its newline', () => {
    let rings = 0
    createRingReader(() => (rings += 1))(Buffer.from('ring'))
    expect(rings).toBe(0)
  })
})

describe('line cutter', () => {
  test('gives the same lines wherever the chunks are cut', () => {
    const text = fc.string({ unit: 'grapheme' }).map((line) => line.replaceAll(/[\r\n]/g, ''))
    fc.assert(
      fc.property(fc.array(text), cuts, (lines, at) => {
        const found: string[] = []
        const cutter = createLineCutter((line) => found.push(line))
        for (const chunk of chunks(lines.map((line) => `${line}\n`).join(''), at)) {
          cutter.push(chunk)
        }
        cutter.end()
        expect(found).toEqual(lines)
      }),
    )
  })

  test('passes on what stood after the last newline', () => {
    const found: string[] = []
    const cutter = createLineCutter((line) => found.push(line))
    cutter.push(Buffer.from('a\r\nb'))
    cutter.end()
    expect(found).toEqual(['a', 'b'])
  })

  test('cuts a line at 8 KiB, says so, and goes on with the next', () => {
    const found: string[] = []
    const cutter = createLineCutter((line) => found.push(line))
    for (let i = 0; i < 100; i++) cutter.push(Buffer.from('x'.repeat(1000)))
    cutter.push(Buffer.from(`\n${'y'.repeat(longestLogLine)}\nshort\n`))
    const x = `${'x'.repeat(longestLogLine)}…`
    expect(found).toEqual([x, 'y'.repeat(longestLogLine), 'short'])
  })
})

test('a flood is read only up to its budget; the rest waits in the pipe', async () => {
  const stream = new PassThrough({ highWaterMark: 64 * 1024 })
  let read = 0
  const stop = readWithinBudget(stream, (chunk) => (read += chunk.length))
  const chunk = Buffer.alloc(64 * 1024)
  let writes = 0
  while (writes < 100 && stream.write(chunk)) {
    writes += 1
    await new Promise((resolve) => setImmediate(resolve))
  }
  expect(writes).toBeLessThan(20)
  expect(read).toBeLessThan(1024 * 1024)
  await new Promise((resolve) => stream.once('resume', resolve))
  stop()
})
