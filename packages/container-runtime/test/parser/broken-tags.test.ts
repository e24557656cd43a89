import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseOutput } from '../../src/parser/parse-output.ts'

const knownNames = ['family', 'work']
const parse = (text: string) => parseOutput(text, { knownNames })

describe('a broken tag', () => {
  test.each([
    ['<message to=work>', 'work'],
    ['<message to="work>', ''],
    [`<message to='work">`, ''],
    ['<message to="work" thread="x>', 'work'],
    ['<message thread="x to="work">', ''],
    ['<message / to="work">', ''],
    ['<message/to="work">', ''],
    ['<message\u00a0to="work">', ''],
    ['<message to:"work">', ''],
    ['<message to "work">', ''],
    ['<message to>', ''],
    ['<message x=" to="work>', ''],
    ['<MESSAGE x To="work" x="', 'work'],
    ['<message to="work" x="<message">', 'work'],
  ])('ends the body before it and is a problem: %s', (tag, to) => {
    const parsed = parse(`<message to="family">x</message>${tag}secret</message>`)
    expect(parsed.blocks).toEqual([{ to: 'family', text: 'x' }])
    expect(parsed.problems).toMatchObject([{ kind: 'malformed', to }])
    expect(parsed.visibleText).toBe(`${tag}secret</message>`)
  })

  test.each(['<message title="go to work">', '<message id="12" sender="Ann to Bob">', '<message>'])(
    'is not one that is whole and has no `to`: %s',
    (tag) => {
      expect(parse(`<message to="family">${tag}</message>`).blocks).toEqual([
        { to: 'family', text: tag },
      ])
    },
  )

  test('leaves a block unclosed that is not closed before it', () => {
    const parsed = parse('<message to="family">x <message to=work>y</message>')
    expect(parsed.blocks).toEqual([])
    expect(parsed.problems.map(({ kind, text }) => [kind, text])).toEqual([
      ['unclosed', 'x'],
      ['malformed', ''],
    ])
  })

  test('is answered with the form that was expected', () => {
    expect(parse('<message to=family>x').problems[0]?.message).toBe(
      'What began like a message to "family" had no well-formed opening tag, so it was not sent. The form is <message to="name">text</message>, with the name in quotes.',
    )
  })
})

test('[X7] whatever stands in a tag, nothing meant for one destination reaches another', () => {
  const noise = fc.oneof(
    fc.constantFrom(
      ' thread="t<1"',
      " thread='a>b'",
      'reply_to="2"',
      ' x="',
      " y='",
      '"',
      "'",
      ' /',
      '<',
      '\n',
      '=',
      ' b',
      ' z="</message>"',
      '<internal>',
    ),
    fc.string({ maxLength: 4 }),
  )
  const part = fc.record({
    name: fc.constantFrom(...knownNames),
    form: fc.constantFrom(' to="$"', " to='$'", ' to=$', ' to = "$"', ' to="$', ' TO "$"'),
    // A `>` outside of quotes would end the tag before its name.
    before: fc.array(noise, { maxLength: 2 }).map((all) => all.join('').replaceAll('>', '')),
    after: fc.array(noise, { maxLength: 2 }).map((all) => all.join('')),
    end: fc.constantFrom('</message>', '</message >', ''),
  })
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), (parts) => {
      const text = parts
        .map(({ name, form, before, after, end }) => {
          const space = before === '' ? '' : ' '
          return `<message${space}${before}${form.replace('$', name)}${after}>for ${name}.${end}`
        })
        .join('\n')
      for (const { to, text: body } of parse(text).blocks) {
        for (const [, meant] of body.matchAll(/for (\w+)\./g)) expect(meant).toBe(to)
      }
    }),
    { numRuns: 5000 },
  )
})
