import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { columnsOf, fit, pad, plainLine } from '../../src/screen/text.ts'

describe('a line on a screen', () => {
  it('holds nothing that moves the cursor, colours or turns the direction of what an agent wrote', () => {
    const hostile = 'a\u001b[31mb\u001b]0;title\u0007c\r\nd\te\u202efg\u0000h\u009b2Ji'
    expect(plainLine(hostile)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/)
    expect(plainLine('one\n\n two\t three ')).toBe('one two three')
    expect(plainLine('a\u200b\u200fb\u061c\u2060c\u180e\u2028d')).toBe('abc d')
  })

  it('is measured in columns: wide signs take two, marks none', () => {
    expect(['abc', '漢字', '👍🏽', 'e\u0301', '한'].map(columnsOf)).toEqual([3, 4, 2, 1, 2])
  })

  it('is cut to the columns that there are, never in the middle of a sign', () => {
    expect(fit('abcdef', 6)).toBe('abcdef')
    expect(fit('abcdef', 5)).toBe('abcd…')
    expect(fit('漢字漢字', 6)).toBe('漢字…')
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.integer({ min: 1, max: 40 }),
        (text, most) => columnsOf(fit(text, most)) <= most,
      ),
    )
  })

  it('is filled up on either side', () => {
    expect([pad('字', 4), pad('7', 3, 'right'), pad('long', 2)]).toEqual(['字  ', '  7', 'long'])
  })
})
