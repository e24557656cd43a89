import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { splitText } from '../../src/delivery/split-text.ts'

describe('splitting a text', () => {
  it.each([
    ['short', 10, ['short']],
    ['', 10, ['']],
    ['one two three', 8, ['one two', 'three']],
    ['para one\n\npara two', 12, ['para one', 'para two']],
    ['line one\nline two', 12, ['line one', 'line two']],
    ['abcdefghij', 4, ['abcd', 'efgh', 'ij']],
  ])('%j at %i gives %j', (text, limit, pieces) => {
    expect(splitText(text, limit)).toEqual(pieces)
  })

  it('cuts no surrogate pair', () => {
    expect(splitText('ab😀cd', 3)).toEqual(['ab', '😀c', 'd'])
  })

  it('keeps within the limit and loses nothing but white space', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 300 }),
        fc.integer({ min: 2, max: 50 }),
        (text, limit) => {
          const pieces = splitText(text, limit)
          expect(pieces.every((piece) => piece.length <= limit)).toBe(true)
          expect(pieces.join('').replaceAll(/\s/g, '')).toBe(text.replaceAll(/\s/g, ''))
        },
      ),
    )
  })

  it.each([0, -1, Number.NaN])('is refused for a limit of %d, and does not loop', (limit) => {
    expect(() => splitText('text', limit)).toThrow(`expected a limit of at least 1, not ${limit}`)
  })
})

it('a text of nothing but blanks is one piece that has room', () => {
  expect(splitText(' '.repeat(40), 5)).toEqual(['     '])
  expect(splitText('', 5)).toEqual([''])
})
