import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseOutput } from '../../src/parser/parse-output.ts'
import { oracle } from './oracle.ts'

const knownNames = ['family', 'work']

/** Pieces that tags, fences and passages are made of, so that random text meets the rules. */
const piece = fc.oneof(
  fc.constantFrom(
    '<message to="family">',
    "<MESSAGE to='work'>",
    '<message to="nobody">',
    '<message',
    ' to="family"',
    '<message to="family"/>',
    '<message to="',
    '<message to=work>',
    '<message to="work"reply_to="2">',
    '<message thread="t<1" to="work">',
    'thread=">"',
    ' to ',
    '</message>',
    '</Message \n>',
    '<internal>',
    '</internal>',
    '<internal ',
    '```',
    '````',
    '~~~',
    '\n',
    '\n```\n',
    '\n~~~\n',
    '\n````\n',
    '"',
    "'",
    '>',
    '<',
    '/',
    '=',
    ' ',
    'text',
    'inter',
    'nal>',
  ),
  fc.string({ maxLength: 6 }),
)
const soup = fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join(''))

test('never throws, and nothing but known names comes out, on any text', () => {
  fc.assert(
    fc.property(fc.oneof(soup, fc.string({ unit: 'binary', maxLength: 400 })), (text) => {
      const { blocks } = parseOutput(text, { knownNames })
      return blocks.every(
        ({ to, text: body }) => knownNames.includes(to) && body !== '' && body === body.trim(),
      )
    }),
    { numRuns: 3000 },
  )
})

test('agrees with an independent reading of the rules', () => {
  fc.assert(
    fc.property(soup, (text) => {
      const parsed = parseOutput(text, { knownNames })
      const expected = oracle(text, knownNames)
      expect(parsed.blocks.map(({ to, text: body }) => ({ to, text: body }))).toEqual(
        expected.blocks,
      )
      const malformed = parsed.problems.filter(({ kind }) => kind === 'malformed')
      expect(malformed).toHaveLength(expected.broken)
    }),
    { numRuns: 5000 },
  )
})

test('no text that stood outside a block is ever in a body', () => {
  const marked = fc.array(fc.oneof(piece, fc.constant('§')), { maxLength: 60 })
  fc.assert(
    fc.property(marked, (pieces) => {
      // Every § gets a number, so that each can be followed from the input to where it ends.
      let count = 0
      const text = pieces.map((one) => (one === '§' ? `§${(count += 1)}.` : one)).join('')
      const { source, inside } = oracle(text, knownNames)
      const sent = parseOutput(text, { knownNames })
        .blocks.map((block) => block.text)
        .join('\n')
      for (const { 0: mark, index } of source.matchAll(/§\d+\./g)) {
        if (inside[index] !== true) expect(sent).not.toContain(mark)
      }
    }),
    { numRuns: 3000 },
  )
})

describe('[X7] composed output', () => {
  const outside = fc
    .array(fc.constantFrom('thinking ', 'a < b ', '</message> ', '<message> ', '&lt;', 'x > y '), {
      maxLength: 4,
    })
    .map((parts) => `OUT ${parts.join('')}`)
  const body = fc
    .array(fc.constantFrom('Hi', ' you', '\nline', '&amp;', '<b>', '```\ncode\n```', '<message>'), {
      minLength: 1,
      maxLength: 5,
    })
    .map((parts) => `IN${parts.join('')}`)
  const block = fc.record({ to: fc.constantFrom(...knownNames), text: body })

  test('known blocks come back in order, and the text between them does not', () => {
    const composed = fc.array(fc.tuple(outside, block), { maxLength: 8 })
    fc.assert(
      fc.property(composed, (parts) => {
        const text = parts
          .map(
            ([before, { to, text: inner }]) =>
              // A closing tag right before an opening one would belong to the block before it.
              `${before.replaceAll('</message> ', '')}<message to="${to}">${inner}</message>`,
          )
          .join('')
        const parsed = parseOutput(text, { knownNames })
        expect(parsed.problems).toEqual([])
        expect(parsed.blocks).toEqual(
          parts.map(([, { to, text: inner }]) => ({ to, text: inner.trim() })),
        )
        for (const { text: inner } of parsed.blocks) expect(inner).not.toContain('OUT')
      }),
      { numRuns: 1000 },
    )
  })
})

describe('takes linear time', () => {
  const size = 1_000_000
  const fill = (unit: string): string => unit.repeat(Math.ceil(size / unit.length))
  const falling = Array.from({ length: 1400 }, (_, nth) => '`'.repeat(1403 - nth)).join('\n')
  const hostile: Record<string, string> = {
    'unfinished tags': fill('<message to="'),
    'unfinished tags of both quotes': fill(`<message to="x' a='<message b="`),
    'attributes without end': `<message ${fill('a=b ')}`,
    'quotes without end': fill(`<message to='x" `),
    'tags without white space': `<message ${fill('a="<"')}`,
    'broken tags': fill('<message to=family>x'),
    'spaces without end': fill('<message        '),
    'opening tags': fill('<message to="family">'),
    'closing tags': `<message to="family">${fill('</message>')}`,
    'closing tags without end': `<message to="family">${fill('</message ')}`,
    backticks: fill('`'),
    'lines of backticks': fill('```\n'),
    'falling runs, none of them closed': falling,
    'open and shut fences': fill('```\n~~~~\n'),
    'internal passages': fill('<internal>'),
    'ends of internal passages': fill('</internal>'),
    'internal without end': fill('<internal '),
    angles: fill('<'),
    'blocks between fences': fill('<message to="family">x</message>\n```\n'),
  }
  test.each(Object.entries(hostile))('%s', (_name, text) => {
    const started = performance.now()
    parseOutput(text, { knownNames })
    // A quadratic pass over a million characters takes minutes; a linear one some 50 ms.
    expect(performance.now() - started).toBeLessThan(2000)
  })
})
