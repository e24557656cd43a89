import { Readable } from 'node:stream'
import { isNanoclawError } from '@nanoclaw/schema'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeFrame, readFrames } from '../src/control/frames.ts'
import { clientFrame, parseFrame } from '../src/control/protocol.ts'

async function framesOf(chunks: readonly Buffer[], maxBytes?: number): Promise<string[]> {
  const found: string[] = []
  for await (const frame of readFrames(Readable.from(chunks), maxBytes)) found.push(frame)
  return found
}

describe('frames', () => {
  it('are the same however the bytes are cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ text: fc.string({ unit: 'binary' }) })),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
        async (values, sizes) => {
          const bytes = Buffer.from(values.map(encodeFrame).join(''))
          const chunks: Buffer[] = []
          for (let at = 0; at < bytes.length;) {
            const size = sizes[chunks.length % sizes.length] ?? 1
            chunks.push(bytes.subarray(at, at + size))
            at += size
          }
          const found = (await framesOf(chunks)).map((line): unknown => JSON.parse(line))
          expect(found).toEqual(values.map((value) => JSON.parse(JSON.stringify(value))))
        },
      ),
      { numRuns: 60 },
    )
  })

  it('end at the cap, whether or not the line ever ends', async () => {
    await expect(framesOf([Buffer.from('12345\n'), Buffer.from('x\n')], 5)).resolves.toHaveLength(2)
    await expect(framesOf([Buffer.from('123456\n')], 5)).rejects.toThrow('longer than 5 bytes')
    await expect(framesOf([Buffer.from('123'), Buffer.from('456')], 5)).rejects.toThrow('longer')
  })

  it('that are cut off are none', async () => {
    expect(await framesOf([Buffer.from('{"a":1}\n{"b"')])).toEqual(['{"a":1}'])
  })

  it('are refused in one sentence unless they are of the protocol', () => {
    const bad = ['', '{', 'null', '[]', '{"type":"boo"}', '{"type":"line","id":-1}', '{"type":7}']
    for (const line of bad) {
      try {
        parseFrame(clientFrame, line)
        expect.unreachable(line)
      } catch (error) {
        expect(isNanoclawError(error) && error.code).toBe('bad-content')
      }
    }
  })

  it('of any text at all never make the parser throw anything else', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (line) => {
        try {
          parseFrame(clientFrame, line)
        } catch (error) {
          expect(isNanoclawError(error)).toBe(true)
        }
      }),
    )
  })
})
