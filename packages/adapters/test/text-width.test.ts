import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cleanName, cleanText, plainAnswer } from '../src/terminal/clean-text.ts'
import { fitText, textWidth, wrapLine } from '../src/terminal/text-width.ts'

describe('textWidth', () => {
  it.each([
    ['plain', 5],
    ['grüße', 5],
    ['e\u0301', 1],
    ['漢字', 4],
    ['한글', 4],
    ['👍', 2],
    ['👩‍👩‍👧‍👦', 2],
    ['\u200B', 0],
    ['', 0],
  ])('of %j is %d', (text, width) => {
    expect(textWidth(text)).toBe(width)
  })
})

describe('wrapLine', () => {
  it('breaks at spaces, and in a word only when it must', () => {
    expect(wrapLine('one two three', 7)).toEqual(['one two', 'three'])
    expect(wrapLine('  set in by two', 8)).toEqual(['  set in', 'by two'])
    expect(wrapLine('abcdefghij', 4)).toEqual(['abcd', 'efgh', 'ij'])
    expect(wrapLine('', 4)).toEqual([''])
  })

  it('leaves an address in one piece, but nothing that could hold a name', () => {
    const address = 'https://example.com/long'
    expect(wrapLine(`see ${address} now`, 10)).toEqual(['see', address, 'now'])
    expect(wrapLine('https://x/bob>pay', 10)).toEqual(['https://x/', 'bob>pay'])
  })

  it('loses no letter and makes no row too wide, whatever the text', () => {
    const words = fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\n', ' '))
    fc.assert(
      fc.property(words, fc.integer({ min: 2, max: 30 }), (text, width) => {
        const rows = wrapLine(text, width)
        expect(rows.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''))
        for (const row of rows) expect(textWidth(row)).toBeLessThanOrEqual(width)
      }),
    )
  })
})

describe('fitText', () => {
  it('cuts what is too long', () => {
    expect([fitText('short', 5), fitText('longer', 5), fitText('漢字', 3)]).toEqual([
      'short',
      'long…',
      '漢…',
    ])
  })
})

describe('cleanText', () => {
  it('[X7] leaves nothing that a terminal obeys but line breaks and tabs, whatever the text', () => {
    const nasty = fc.array(
      fc.oneof(
        fc.integer({ min: 0, max: 0xff }).map((code) => String.fromCharCode(code)),
        fc.constantFrom('\x1b[', '\x1b]0;', '\x9b', '\u2028', '\u202E', '漢', 'J', ';', '2'),
      ),
    )
    fc.assert(
      fc.property(nasty, (pieces) => {
        const text = pieces.join('')
        expect(cleanText(text)).toMatch(/^[\n\t\u0020-\u007E\u00A0-\u2027\u202F-\u{10FFFF}]*$/u)
        expect(cleanName(text)).toMatch(/^[^\n>]{1,40}$/u)
      }),
    )
  })

  it('[X7] makes only the first line of an answer begin with a name, whatever the text', () => {
    const name = fc.constantFrom('ada', 'bob', 'a b', '漢字')
    const text = fc.array(
      fc.oneof(name, fc.constantFrom('> ', '>', '\n', ' ', '\r', '\u2028', '\t', '\x1b[A', 'x')),
    )
    fc.assert(
      fc.property(name, text, (author, pieces) => {
        const [first, ...others] = plainAnswer(author, pieces.join('')).split('\n')
        expect(first?.startsWith(`${author}> `)).toBe(true)
        for (const line of others) expect(line).not.toMatch(/^(ada|bob|a b|漢字)>( |$)/)
      }),
    )
  })
})
